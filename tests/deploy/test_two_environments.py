"""Staging beside dev, in one account: deployed, switched, destroyed. The tests build on each other, in this order."""

import pytest

from tests.deploy.platforms import Local, Terraform
from tests.deploy.shell import ENV, in_local_shell
from tests.unit.stack_json import Synth

# These run beside the other tests of dev, on a deploy of their own: staging takes as long as dev.
pytestmark = pytest.mark.xdist_group("environments")


@pytest.fixture(scope="module")
def staging(dev_and_staging: list[Local]) -> Terraform:
    """Staging, beside dev."""
    return dev_and_staging[1].terraform


def test_second_plans_of_both_are_empty(dev_beside_staging: Local, staging: Terraform) -> None:
    assert (dev_beside_staging.terraform.plan(), staging.plan()) == ({}, {})


def test_toggle_in_dev_leaves_staging_alone(dev_beside_staging: Local, staging: Terraform, synth: Synth) -> None:
    before = tasks(dev_beside_staging, "staging")
    dev_beside_staging.terraform.use(synth(DEV__EXEC__BACKEND="true"))
    assert "aws_ecs_service.backend" in dev_beside_staging.terraform.deploy()
    assert staging.plan() == {}
    assert tasks(dev_beside_staging, "staging") == before


def test_toggle_in_staging_leaves_dev_alone(dev_beside_staging: Local, staging: Terraform, synth: Synth) -> None:
    before = tasks(dev_beside_staging, "dev")
    staging.use(synth("staging", STAGING__EXEC__BACKEND="true"))
    assert "aws_ecs_service.backend" in staging.deploy()
    assert dev_beside_staging.terraform.plan() == {}
    assert tasks(dev_beside_staging, "dev") == before


def test_destroyed_staging_leaves_dev_deployed(dev_beside_staging: Local, staging: Terraform) -> None:
    before = tasks(dev_beside_staging, "dev")
    command = "npx cdktf destroy staging --auto-approve"
    assert "0 destroyed" not in in_local_shell(
        command, dev_beside_staging, env=ENV.replace("env)", "env staging)"), DEV__EXEC__BACKEND="true"
    )
    assert staging.run("state", "list") == ""
    assert dev_beside_staging.terraform.plan() == {}
    assert tasks(dev_beside_staging, "dev") == before


def tasks(local: Local, environment: str) -> set[str]:
    """Return the running tasks of an environment; there are some."""
    running = set(local.client("ecs").list_tasks(cluster=f"{environment}-davidshaevel-cluster")["taskArns"])
    assert running
    return running
