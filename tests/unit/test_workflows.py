"""GitHub's workflows: what they may do, and that a test runs the commands of their steps as they stand in the files."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.stack_json import Synth
from tests.unit.workflow_steps import COMMANDS, FILES, PROJECT, WORKFLOWS, jobs, step, uses

RUN_BY = [file.read_text("utf-8") for file in (PROJECT / ".ci/run", *(PROJECT / "tests/deploy").glob("*.py"))]
# Run below, or by CI as a whole.
RUN_HERE = {
    "Refuse a state that would be lost with this machine",
    "Find where ECS Exec has ended",
    "Comment",
    "Test",
}
LINT = (PROJECT / "Makefile").read_text("utf-8").partition("\nlint:")[2].partition("\n\n")[0]
CHECKS = [line.strip() for line in LINT.splitlines() if ".github" in line]


def run(script: str, folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a script as GitHub does; a program in the folder's `bin` comes first."""
    path = {"PATH": f"{folder}/bin:/usr/local/bin:/usr/bin:/bin"}
    command = ["bash", "-e", "-c", script]
    return subprocess.run(  # noqa: S603 - the commands of our own files
        command, cwd=folder, env=path | variables, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("action", sorted(set(uses())))
def test_an_action_is_pinned_by_its_hash(action: str) -> None:
    assert re.fullmatch(r"\./\.github/[\w/.]+|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_workflow_has_secrets_or_runs_forks_with_a_token(file: Path) -> None:
    text = file.read_text("utf-8")
    assert not re.search(r"secrets\.|secrets: inherit|pull_request_target|workflow_run", text)


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_may_do_nothing_that_a_job_does_not_say(file: Path) -> None:
    assert yaml.safe_load(file.read_text("utf-8"))["permissions"] == {}


def test_only_the_comment_and_the_deploy_may_write() -> None:
    writers = {name: sorted(key for key, may in job["permissions"].items() if may == "write") for name, job in jobs()}
    deploys = ("close_exec.yml deploy", "deploy.yml dev", "deploy.yml prod", "deploy_environment.yml deploy")
    assert {name: keys for name, keys in writers.items() if keys} == {
        "review.yml comment": ["pull-requests"],
        **{name: ["id-token"] for name in deploys},
    }


def test_prod_comes_after_dev_and_through_its_environment() -> None:
    found: dict[str, Any] = dict(jobs())
    assert found["deploy.yml prod"]["needs"] == "dev"
    assert found["deploy.yml prod"]["with"] == {"environment": "prod"}
    assert found["deploy_environment.yml deploy"]["environment"] == "${{ inputs.environment }}"


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - RUN_HERE))
def test_a_step_is_run_by_ci(name: str) -> None:
    assert any(COMMANDS[name] in text or f'step("{name}")' in text for text in RUN_BY)


def test_the_tests_of_a_pull_request_are_those_of_ci() -> None:
    assert step("Test") == ".ci/run"
    assert (PROJECT / ".ci/run").stat().st_mode & 0o111


@pytest.mark.parametrize(("variables", "status"), [({}, 1), ({"DEV__STATE__BUCKET": "acme-state"}, 0)])
def test_a_deploy_needs_its_state_in_a_bucket(
    synth: Synth, tmp_path: Path, variables: dict[str, str], status: int
) -> None:
    # What `npx cdktf synth` writes, without npx.
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/activate").write_text("npx() { :; }\n")
    (tmp_path / "cdktf.out/stacks/dev").mkdir(parents=True)
    (tmp_path / "cdktf.out/stacks/dev/cdk.tf.json").write_text(synth(**variables).text)
    ran = run(step("Refuse a state that would be lost with this machine"), tmp_path, ENVIRONMENT="dev")
    assert ran.returncode == status
    assert ("docs/state.md" in ran.stdout) == bool(status)


@pytest.mark.parametrize(
    ("last_success", "environments"),
    [("", '["dev"]'), ("2026-01-01T17:59:59Z", '["dev"]'), ("2026-01-01T18:00:00Z", "[]")],
)
def test_an_end_since_the_last_run_is_a_deploy(tmp_path: Path, last_success: str, environments: str) -> None:
    shutil.copytree(PROJECT / "environments", tmp_path / "environments")
    (tmp_path / ".venv").symlink_to(PROJECT / ".venv")
    toggle = '{ reason = "incident 4711", until = 2026-01-01T18:00:00Z }'
    file = tmp_path / "environments/dev.toml"
    file.write_text(file.read_text("utf-8").replace("backend = false", f"backend = {toggle}"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/gh").write_text(f"#!/bin/sh\necho {last_success}\n")
    (tmp_path / "bin/gh").chmod(0o755)
    ran = run(step("Find where ECS Exec has ended"), tmp_path, GITHUB_OUTPUT=str(tmp_path / "output"))
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "output").read_text() == f"environments={environments}\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: Tests", "name: Tests"),
        ("permissions: {}", "permissions: write-all"),
        ("de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2", "v6"),
        ("timeout-minutes: 60", "timeout: 60"),
    ],
)
def test_make_lint_finds_what_is_wrong(tmp_path: Path, old: str, new: str) -> None:
    shutil.copytree(PROJECT / ".github", tmp_path / ".github")
    (tmp_path / ".venv").symlink_to(PROJECT / ".venv")
    file = tmp_path / ".github/workflows/tests.yml"
    file.write_text(file.read_text("utf-8").replace(old, new))
    assert all(run(check, tmp_path).returncode == 0 for check in CHECKS) == (old == new)
