"""Staging beside dev, in one account: deployed, switched, destroyed. The tests build on each other, in this order."""

from dataclasses import replace

import pytest

from tests.deploy.conftest import Local, Terraform, printed_by_deploy
from tests.deploy.shell import ENV, in_local_shell
from tests.unit.stack_json import Synth

# These run beside the other tests of dev, on a deploy of their own: staging takes as long as dev.
pytestmark = pytest.mark.xdist_group("environments")


@pytest.fixture(scope="module")
def staging(local: Local) -> Terraform:
    """Staging, deployed on the local AWS that dev is on."""
    printed_by_deploy(local.folder, "staging")
    return replace(local.terraform, folder=local.terraform.folder.with_name("staging"))


def test_second_plans_of_both_are_empty(local: Local, staging: Terraform) -> None:
    assert (local.terraform.plan(), staging.plan()) == ({}, {})


def test_toggle_in_dev_leaves_staging_alone(local: Local, staging: Terraform, synth: Synth) -> None:
    before = tasks(local, "staging")
    local.terraform.use(synth(DEV__EXEC__BACKEND="true"))
    assert "aws_ecs_service.backend" in local.terraform.deploy()
    assert staging.plan() == {}
    assert tasks(local, "staging") == before


def test_toggle_in_staging_leaves_dev_alone(local: Local, staging: Terraform, synth: Synth) -> None:
    before = tasks(local, "dev")
    staging.use(synth("staging", STAGING__EXEC__BACKEND="true"))
    assert "aws_ecs_service.backend" in staging.deploy()
    assert local.terraform.plan() == {}
    assert tasks(local, "dev") == before


def test_destroyed_staging_leaves_dev_deployed(local: Local, staging: Terraform) -> None:
    before = tasks(local, "dev")
    command = "npx cdktf destroy staging --auto-approve"
    assert "0 destroyed" not in in_local_shell(
        command, local, env=ENV.replace("env)", "env staging)"), DEV__EXEC__BACKEND="true"
    )
    assert staging.run("state", "list") == ""
    assert local.terraform.plan() == {}
    assert tasks(local, "dev") == before


def tasks(local: Local, environment: str) -> set[str]:
    """Return the running tasks of an environment; there are some."""
    running = set(local.client("ecs").list_tasks(cluster=f"{environment}-davidshaevel-cluster")["taskArns"])
    assert running
    return running
