# The few commands a person types. `make` alone lists them; ENV=prod chooses another environment than dev.
PYTHON ?= python3
ENV ?= dev
BASE ?= main
RUNS ?= 10
RANDOM := tests/unit/environments/test_random_settings.py tests/commands/test_inert_texts.py
PIPENV_VERSION := 2026.10.3
# Each in a virtual environment of its own, beside its Pipfile.
TOOLS := checkov cyclonedx
# Everything is installed into the project's own folders, whatever virtualenv is active in this shell.
export PIPENV_VENV_IN_PROJECT := 1
export PIPENV_IGNORE_VIRTUALENVS := 1
export PIPENV_VERBOSITY := -1
# Without bytecode every command would compile this project's modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help prerequisites install local local-up local-status local-outputs local-down
.PHONY: state-bootstrap verify recover review check test lint types snapshots picture lock sbom bench faults
.SILENT:

help: ## List the commands; with ENV=prod they are about prod, not dev
	grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

prerequisites:
	$(PYTHON) local_cloud/prerequisites.py

install: prerequisites ## Install what the project needs, here
	$(MAKE) --no-print-directory --jobs 2 .venv/.installed node_modules/.installed

local: install ## Deploy on the local AWS; again: what has changed since
	.venv/bin/python -m local_cloud deploy $(ENV)

local-up: install ## Start the local AWS, empty
	.venv/bin/python -m local_cloud up $(ENV)

local-status: install ## Say whether the local AWS runs
	.venv/bin/python -m local_cloud status

local-outputs: install ## List the outputs of what is deployed on it
	.venv/bin/python -m local_cloud outputs $(ENV)

local-down: install ## End the local AWS and forget its state
	.venv/bin/python -m local_cloud down

state-bootstrap: install ## Make the S3 bucket for the Terraform state
	.venv/bin/python -m operations state-bootstrap $(ENV)

verify: install ## Check that what is deployed works
	.venv/bin/python -m operations verify $(ENV)

recover: install ## Finish a deploy that was killed
	.venv/bin/python -m operations recover $(ENV)

review: install ## Say what a change does to AWS: BASE=main
	.venv/bin/python -m operations review --base $(BASE)

# One process more than two cores: some tests wait for a deadline.
check: install ## Check style and types, and run the quick tests
	$(MAKE) --no-print-directory --jobs 2 lint types
	.venv/bin/python -m pytest tests/unit tests/snapshot --numprocesses 3 --dist loadgroup --no-loadscope-reorder

test: install .ci/checkov/.venv/.installed ## Check everything, offline
	$(MAKE) --no-print-directory --jobs 2 lint types
	.venv/bin/python -m pytest --numprocesses 8 --dist loadgroup --no-loadscope-reorder

lint: install ## Check style, settings, and the workflows of GitHub
	.venv/bin/ruff check && .venv/bin/ruff format --check
	.venv/bin/python -m environments
	.venv/bin/zizmor --offline --quiet --persona pedantic .github
	.venv/bin/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	.venv/bin/check-jsonschema --quiet --builtin-schema vendor.github-actions .github/actions/*/action.yml
	.venv/bin/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml

types: install ## Check the types
	.venv/bin/mypy

snapshots: install ## Accept a change of the JSON and of dev's picture
	.venv/bin/python -m environments
	.venv/bin/python -m pytest tests/snapshot --snapshot-update
	.venv/bin/python -m operations picture dev

picture: install ## Draw an environment into docs/pictures: make picture ENV=prod
	.venv/bin/python -m operations picture $(ENV)

bench: install ## Measure synthesis, verification and the review
	.venv/bin/python tests/bench/synth.py
	PYTHONPATH=. .venv/bin/python tests/bench/checks.py
	PYTHONPATH=. .venv/bin/python tests/bench/review.py

faults: install ## Count what becomes of deploys on bad days: RUNS=10, hours
	.venv/bin/python -m tests.faults --runs $(RUNS)
	RANDOM_CASES=20000 .venv/bin/python -m pytest -q $(RANDOM)

sbom: install .ci/cyclonedx/.venv/.installed ## List all that is installed, as CycloneDX, in sbom/
	$(PYTHON) .ci/sbom.py

lock: .tools/bin/pipenv ## Update every Pipfile.lock, and name no package index there
	.tools/bin/pipenv lock --dev
	for tool in $(TOOLS); do PIPENV_PIPFILE=.ci/$$tool/Pipfile .tools/bin/pipenv lock; done
	$(PYTHON) -c "$$WITHOUT_SOURCES" Pipfile.lock $(TOOLS:%=.ci/%/Pipfile.lock)

define WITHOUT_SOURCES
import json, pathlib, sys
for path in map(pathlib.Path, sys.argv[1:]):
    lock = json.loads(path.read_text())
    lock["_meta"]["sources"] = []
    path.write_text(json.dumps(lock, indent=4, sort_keys=True) + "\n")
endef
export WITHOUT_SOURCES

.venv/.installed: Pipfile.lock .tools/bin/pipenv
	echo "Python: installing into .venv, in a minute or two; environments/dev.toml is what people edit, docs/ what they read"
	# Made by pipenv, a virtual environment comes with a page of its words.
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	.tools/bin/pipenv sync --dev --quiet
	echo "Python: installed"
	touch $@

node_modules/.installed: package-lock.json
	echo "npm: installing into node_modules"
	npm ci --no-audit --no-fund --loglevel=error
	echo "npm: installed"
	touch $@

.ci/%/.venv/.installed: .ci/%/Pipfile.lock .tools/bin/pipenv
	test -x .ci/$*/.venv/bin/python || $(PYTHON) -m venv .ci/$*/.venv
	PIPENV_PIPFILE=.ci/$*/Pipfile .tools/bin/pipenv sync --quiet
	touch $@

.tools/bin/pipenv: | prerequisites
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check pipenv==$(PIPENV_VERSION)
