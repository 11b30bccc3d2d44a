# The few commands a person types. `make` alone lists them.
PYTHON ?= python3
ENV ?= dev
PIPENV_VERSION := 2026.10.3
# Everything is installed into the project's own folders, whatever virtualenv is active in this shell.
export PIPENV_VENV_IN_PROJECT := 1
export PIPENV_IGNORE_VIRTUALENVS := 1
export PIPENV_VERBOSITY := -1

.PHONY: help prerequisites install local local-down state-bootstrap verify recover test lint types snapshots picture lock bench
.SILENT:

help: ## List the commands
	grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

prerequisites:
	$(PYTHON) local_cloud/prerequisites.py

install: prerequisites .venv/.installed ## Install what the project needs into its own folders

local: install ## Deploy dev on the local AWS; again: what has changed since
	.venv/bin/python -m local_cloud deploy dev

local-down: install ## End the local AWS and forget its state
	.venv/bin/python -m local_cloud down

state-bootstrap: install ## Make the S3 bucket for an environment's Terraform state: make state-bootstrap ENV=prod
	.venv/bin/python -m operations state-bootstrap $(ENV)

verify: install ## Check that a deployed environment works: make verify ENV=prod
	.venv/bin/python -m operations verify $(ENV)

recover: install ## Finish a deploy that was killed: make recover ENV=prod
	.venv/bin/python -m operations recover $(ENV)

test: lint types ## Check everything, offline
	.venv/bin/python -m pytest --numprocesses 4 --dist loadgroup --no-loadscope-reorder

lint: install ## Check the style, and the workflows of GitHub
	.venv/bin/ruff check && .venv/bin/ruff format --check
	.venv/bin/zizmor --offline --quiet --persona pedantic .github
	.venv/bin/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	.venv/bin/check-jsonschema --quiet --builtin-schema vendor.github-actions .github/actions/*/action.yml
	.venv/bin/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml

types: install ## Check the types
	.venv/bin/mypy

snapshots: install ## Accept what a change does to the synthesized JSON and dev's picture; review it with git diff
	.venv/bin/python -m environments
	.venv/bin/python -m pytest tests/snapshot --snapshot-update
	.venv/bin/python -m operations picture dev

picture: install ## Draw an environment into docs/pictures: make picture ENV=prod
	.venv/bin/python -m operations picture $(ENV)

bench: install ## Measure how fast the platform is synthesized, and verified
	.venv/bin/python tests/bench/synth.py
	PYTHONPATH=. .venv/bin/python tests/bench/checks.py

lock: .tools/bin/pipenv ## Update Pipfile.lock, without the index that it came from: everyone has their own
	.tools/bin/pipenv lock --dev
	$(PYTHON) -c "$$WITHOUT_SOURCES"

define WITHOUT_SOURCES
import json, pathlib
path = pathlib.Path("Pipfile.lock")
lock = json.loads(path.read_text())
lock["_meta"]["sources"] = []
path.write_text(json.dumps(lock, indent=4, sort_keys=True) + "\n")
endef
export WITHOUT_SOURCES

.venv/.installed: Pipfile.lock package-lock.json .tools/bin/pipenv
	.tools/bin/pipenv sync --dev
	npm ci --no-audit --no-fund --loglevel=error
	touch $@

.tools/bin/pipenv: | prerequisites
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check pipenv==$(PIPENV_VERSION)
