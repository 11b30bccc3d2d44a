"""Break-glass on the local AWS, from the command to the deploy that closes it. The tests build on each other."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from local_cloud.folder import FOLDER_VARIABLE
from tests.deploy.listings import CLUSTER
from tests.deploy.platforms import Local
from tests.deploy.shell import failed, succeeded, typed
from tests.deploy.test_local_aws import tags, tasks
from tests.unit.stack_json import Synth

# These run beside the other tests of dev, on the deploy that test_two_environments.py goes on from.
pytestmark = pytest.mark.xdist_group("environments")

ENV = 'eval "$(.venv/bin/python -m local_cloud env)"'
OPERATIONS = ".venv/bin/python -m operations"


def test_one_command_opens_one_service(dev_beside_staging: Local, synth: Synth) -> None:
    dev_beside_staging.terraform.use(synth())
    before = tasks(dev_beside_staging)
    command = f"{OPERATIONS} break-glass dev backend --reason 'incident 4711' -- --auto-approve"
    printed = succeeded(typed(f"{ENV}\n{command}", {**os.environ, FOLDER_VARIABLE: str(dev_beside_staging.folder)}))
    assert "npx cdktf deploy dev" in printed
    after = tasks(dev_beside_staging)
    assert {name for name, each in after.items() if any(each.values())} == {"backend"}
    assert {name for name in after if after[name] != before[name]} == {"backend"}
    assert tags(dev_beside_staging, "backend")["ExecReason"] == "incident 4711"
    left = datetime.fromisoformat(tags(dev_beside_staging, "backend")["ExecUntil"]) - datetime.now(UTC)
    assert timedelta(hours=1) < left <= timedelta(hours=2)


def test_the_audit_warns_of_it_until_its_end(dev_beside_staging: Local) -> None:
    audited = succeeded(typed(f"{OPERATIONS} audit dev", dev_beside_staging.terraform.variables))
    assert "ECS Exec is on for the service and 2 running tasks by break-glass, until" in in_one_line(audited)


def test_the_audit_fails_past_its_end(dev_beside_staging: Local) -> None:
    ecs = dev_beside_staging.client("ecs")
    (found,) = ecs.describe_services(cluster=CLUSTER, services=["dev-davidshaevel-backend"])["services"]
    end = [{"key": "ExecUntil", "value": "2026-01-01T00:00:00Z"}]
    ecs.tag_resource(resourceArn=found["serviceArn"], tags=end)
    audited = failed(typed(f"{OPERATIONS} audit dev", dev_beside_staging.terraform.variables))
    assert "it ended at 2026-01-01T00:00:00Z (incident 4711)" in in_one_line(audited)


def test_the_next_deploy_closes_it(dev_beside_staging: Local, synth: Synth) -> None:
    dev_beside_staging.terraform.use(synth())
    dev_beside_staging.terraform.deploy()
    assert not any(exec_is_on for each in tasks(dev_beside_staging).values() for exec_is_on in each.values())
    assert "ExecUntil" not in tags(dev_beside_staging, "backend")
    succeeded(typed(f"{OPERATIONS} audit dev", dev_beside_staging.terraform.variables))


def in_one_line(printed: str) -> str:
    """Return a report without the breaks of a terminal's width."""
    return " ".join(printed.split())
