"""GitHub's workflows: what they may do, and that a test runs the commands of their steps as they stand in the files."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.workflow_steps import COMMANDS, FILES, PROJECT, WORKFLOWS, jobs, step, uses

TESTS = [file for folder in ("commands", "deploy") for file in (PROJECT / "tests" / folder).glob("*.py")]
RUN_BY = [file.read_text("utf-8") for file in (PROJECT / ".ci/run", *TESTS)]


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


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - {"Test"}))
def test_a_step_is_run_by_ci(name: str) -> None:
    assert any(COMMANDS[name] in text or f'step("{name}")' in text for text in RUN_BY)


def test_the_tests_of_a_pull_request_are_those_of_ci() -> None:
    assert step("Test") == ".ci/run"
    assert (PROJECT / ".ci/run").stat().st_mode & 0o111
