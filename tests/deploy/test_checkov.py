"""An outside judge of every environment's plan: checkov. What it finds is decided in .ci/checkov/decided.toml.

It reads plans: of a cdk.tf.json it evaluates nothing, and ends with status 0.
"""

import json
import os
import subprocess
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest
from pydantic import Field

from environments import names
from environments.base import Settings
from operations.review.local_aws import find_provider, local_aws, variables_for
from operations.review.planning import Planning, Stack
from operations.review.provider import Installations
from operations.terraform import Terraform
from rules.configuration import Configuration
from stacks.provider_lock import LOCK
from tests.deploy.conftest import PROJECT
from tests.unit.stack_json import Synth

CHECKOV = PROJECT / ".ci/checkov/.venv/bin/checkov"
DECIDED = PROJECT / ".ci/checkov/decided.toml"
ENVIRONMENTS = names()
# Part of every plan: if it is not found, nothing that is not found means anything.
PLANTED = "aws_ebs_volume.planted"
UNENCRYPTED = "CKV_AWS_3"


class Finding(NamedTuple):
    """What checkov finds wrong."""

    environment: str
    check: str
    resource: str
    title: str = ""

    def __str__(self) -> str:
        return f"{self.environment}: {self.check} {self.resource}: {self.title}"


class Decision(Settings):
    """What was decided about the findings of one check on some resources; without environments, in all of them."""

    check: str
    resource: str
    environments: tuple[str, ...] = tuple(ENVIRONMENTS)
    verdict: Literal["accepted", "false"]
    reason: str = Field(min_length=20)

    def about(self, finding: Finding) -> bool:
        """Whether it decides a finding."""
        same = finding.check == self.check and finding.environment in self.environments
        return same and fnmatchcase(finding.resource, self.resource)


DECISIONS = [Decision.model_validate(each) for each in tomllib.loads(DECIDED.read_text("utf-8"))["decision"]]


def with_fault(text: str) -> Stack:
    """Return a stack of this project's provider with the planted fault in it."""
    document = json.loads(text)
    volume = {"availability_zone": "us-east-1a", "size": 1, "encrypted": False}
    document["resource"]["aws_ebs_volume"] = {"planted": volume}
    return Stack(Configuration(document), LOCK.read_text("utf-8"))


@pytest.fixture(scope="module")
def plans(synth: Synth, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The plans of all environments, each on an AWS in which there is nothing yet."""
    folder = tmp_path_factory.mktemp("plans")
    provider, installations = find_provider(folder), Installations()

    def plan(name: str) -> Path:
        stack, own = with_fault(synth(name).text), folder / name
        own.mkdir()
        with local_aws(folder / f"{name}.aws", str(stack.configuration.account_id)) as server:
            variables = variables_for(server, stack.configuration.region, provider)
            with closing(Planning(Terraform(name, own, variables), installations)) as planning:
                planned = planning.plan(stack)
        file = folder / f"{name}.json"
        file.write_text(json.dumps(planned), encoding="utf-8")
        return file

    for name in ENVIRONMENTS:
        # Node serves one thread at a time.
        synth(name)
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(plan, ENVIRONMENTS))


@pytest.fixture(scope="module")
def findings(plans: list[Path]) -> list[Finding]:
    """What checkov finds wrong in all of them, in one run."""
    if not CHECKOV.exists():
        remedy = "checkov is not installed: run make test, which installs it"
        if os.environ.get("CI") == "true":
            pytest.fail(remedy)
        pytest.skip(remedy)
    files = [option for plan in plans for option in ("--file", str(plan))]
    options = ("--framework", "terraform_plan", "--output", "json", "--compact", "--quiet", "--skip-download")
    done = subprocess.run(  # noqa: S603 - our own
        [CHECKOV, *options, "--soft-fail", *files],
        env={"PATH": os.environ["PATH"], "HOME": str(plans[0].parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["summary"]["parsing_errors"] == 0
    return list(_failed(report))


def _failed(report: dict[str, Any]) -> Iterator[Finding]:
    for each in report["results"]["failed_checks"]:
        yield Finding(Path(each["file_path"]).stem, each["check_id"], each["resource"], each["check_name"])


def test_a_planted_fault_is_found_in_every_plan(findings: list[Finding]) -> None:
    found = {each.environment for each in findings if (each.check, each.resource) == (UNENCRYPTED, PLANTED)}
    assert found == set(ENVIRONMENTS)


def test_every_finding_is_decided(findings: list[Finding]) -> None:
    undecided = [
        str(each)
        for each in findings
        if each.resource != PLANTED and not any(decision.about(each) for decision in DECISIONS)
    ]
    assert not undecided, "\n".join(undecided)


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda each: f"{each.check}-{each.resource}")
def test_a_decision_is_still_needed(findings: list[Finding], decision: Decision) -> None:
    needed = {each.environment for each in findings if decision.about(each)}
    assert needed == set(decision.environments)
