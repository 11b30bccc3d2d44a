"""The exec audit looks at each service that has ECS Exec on, by the settings or in fact."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from moto import mock_aws

from environments import load
from operations.aws.clients import Clients
from operations.command_line import main
from operations.verification.audit import audit_exec
from operations.verification.audit.permissions import DOCUMENTS
from operations.verification.deployed import read_deployed
from operations.verification.findings import Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.audit.conftest import Only
from tests.unit.operations.verification.seeded import ALL_ON, SERVICES, Seeded, seed

Look = Callable[[], Platform]
GOV = {"DEV__REGION": "us-gov-west-1", "DEV__NETWORK__ZONES": '["us-gov-west-1a", "us-gov-west-1b"]'}


def test_services_in_order_have_no_findings(look: Look) -> None:
    seen = audit_exec(look())
    assert seen.findings == ()
    assert seen.counts == {"services_audited": 3, "findings": 0}


def test_the_summary_says_how_permissions_were_found_out(look: Look) -> None:
    """Moto cannot simulate."""
    assert f"permissions by {DOCUMENTS}; your own permissions unknown (IAM's simulation" in audit_exec(look()).summary


def test_exec_off_everywhere_is_fine(dev: Seeded, look: Look) -> None:
    for service in SERVICES:
        dev.update(service, enableExecuteCommand=False, forceNewDeployment=True)
    seen = audit_exec(replace(look(), environment=load("dev", variables={})))
    assert (seen.summary, seen.findings) == ("off everywhere, as the settings say", ())


def test_exec_that_runs_is_audited_whatever_the_settings_say(look: Look) -> None:
    assert audit_exec(replace(look(), environment=load("dev", variables={}))).counts["services_audited"] == 3


def test_service_that_is_to_run_no_task_is_skipped(dev: Seeded, only: Only) -> None:
    dev.update("backend", desiredCount=0)
    assert only() == (Status.SKIP, "backend.not-wanted")


def test_another_partition_is_audited_as_any(clients: Clients) -> None:
    assert clients
    gov = load("dev", variables=ALL_ON | GOV)
    with mock_aws():
        own = Clients.of(gov)
        dev = seed(own, gov)
        platform = Platform(gov, own, read_deployed(gov, own), list, float("inf"))
        assert dev.key.startswith("arn:aws-us-gov:kms:us-gov-west-1:")
        assert audit_exec(platform).findings == ()


@pytest.fixture
def exposed(dev: Seeded, monkeypatch: pytest.MonkeyPatch) -> Seeded:
    """Dev as the issue found it: exec on outside Terraform, no log, and a role that may do everything."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    dev.configure(kmsKeyId=None, logging="NONE", logConfiguration=None)
    dev.allow("backend", [{"Effect": "Allow", "Action": "*", "Resource": "*"}])
    return dev


@pytest.mark.usefixtures("exposed")
def test_what_the_issue_found_is_said_within_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "dev"]) == 1
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    said = " ".join(out.split())
    expected = (
        "FAIL exec",
        "- backend: ECS Exec is on for the service and 2 running tasks, but exec.backend is off in the settings",
        "- sessions are not logged",
        "allows EVERYTHING: * on *",
        "- warn: sessions have no KMS key",
    )
    found = [said.find(text) for text in expected]
    assert -1 not in found
    assert all(earlier < later for earlier, later in pairwise(found))


@pytest.mark.usefixtures("exposed")
def test_json_has_each_fault_by_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "dev", "--json"]) == 1
    (check,) = json.loads(capsys.readouterr().out)["checks"]
    assert {each["id"]: each["status"] for each in check["findings"]} == {
        "backend.exec-on": "fail",
        "frontend.exec-on": "fail",
        "prometheus.exec-on": "fail",
        "exec.not-logged": "fail",
        "exec.no-key": "warn",
        "backend.role-everything": "fail",
        "frontend.role-excess": "fail",
        "prometheus.role-excess": "fail",
    }
