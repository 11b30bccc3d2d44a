"""AWS on a bad day. The tests build on each other, from dev as it is and back to it."""

import math
import signal
from collections.abc import Iterator
from threading import Timer

import pytest

from tests.deploy.aws_faults import EveryThirdCallThrottled, FirstAnswersLost, IamLag, Outage
from tests.deploy.faulty_aws import OnADay, bad_days
from tests.deploy.platforms import Local
from tests.unit.stack_json import Synth

# These run beside the other tests of dev, on a deploy of their own.
pytestmark = pytest.mark.xdist_group("faults")

BACKEND = {"DEV__EXEC__BACKEND": "true"}
# A new policy and its attachment, a new role and its attachment.
NEW_IN_IAM = BACKEND | {
    "DEV__EXEC__POLICY": "minimal",
    "DEV__DELIVERY__PRINCIPAL": "oidc",
    "DEV__DELIVERY__REPOSITORY": "davidshaevel/website",
    "DEV__DELIVERY__BRANCH": "main",
}


@pytest.fixture(scope="module")
def on_a_day(dev_aws: Local) -> Iterator[OnADay]:
    with bad_days(dev_aws) as on_a_day:
        yield on_a_day


def test_one_deploy_is_enough_if_iam_is_slow_to_know_roles(dev_aws: Local, synth: Synth, on_a_day: OnADay) -> None:
    """The provider waits for 2 minutes until IAM finds a role or policy, and until a flow log's role can be assumed."""
    dev_aws.terraform.use(synth(**NEW_IN_IAM))
    # Longer than a busy machine takes from one call to the next.
    lag = IamLag(reads=4, calls=4, assuming=20)
    on_a_day(lag).deploy("-replace=aws_iam_role.network_flow_logs")
    assert lag.refused == {"GetRole", "GetPolicy", "CreateFlowLogs"}
    assert dev_aws.terraform.plan() == {}


def test_a_deploy_that_iam_was_too_slow_for_goes_on_next_time(dev_aws: Local, synth: Synth, on_a_day: OnADay) -> None:
    """The provider does not try such a call again, and no dependency would help: IAM has just found the user."""
    dev_aws.terraform.use(synth())
    lag = IamLag(calls=60)
    complaint = on_a_day(lag).fail("apply", "-auto-approve", "-input=false", "-no-color")
    assert "AttachUserPolicy" in complaint
    assert "NoSuchEntity: The entity dev-davidshaevel-github-actions cannot be found." in complaint

    assert dev_aws.terraform.deploy() == {"aws_iam_user_policy_attachment.delivery": ["create"]}
    assert dev_aws.terraform.plan() == {}


def test_a_deploy_interrupted_in_an_outage_goes_on_next_time(dev_aws: Local, synth: Synth, on_a_day: OnADay) -> None:
    """The provider tries 25 times and longer and longer apart: nobody waits for the end of that."""
    dev_aws.terraform.use(synth(**BACKEND))
    outage = Outage("UpdateService", seconds=math.inf)
    process = on_a_day(outage).start("apply", "-auto-approve", "-input=false", "-no-color")
    assert outage.retried.wait(60)
    process.send_signal(signal.SIGINT)
    # A call that begins while Terraform stops may go on for as long as AWS is down.
    end = Timer(60, outage.end)
    end.start()
    printed, complaint = process.communicate(timeout=180)
    end.cancel()
    assert process.returncode == 1
    assert "Interrupt received." in printed
    assert "updating ECS Service" in complaint

    assert dev_aws.terraform.deploy() == {"aws_ecs_service.backend": ["update"]}
    assert dev_aws.terraform.plan() == {}


def test_a_deploy_outlives_throttling(dev_aws: Local, synth: Synth, on_a_day: OnADay) -> None:
    dev_aws.terraform.use(synth(**BACKEND, DEV__EXEC__FRONTEND="true"))
    throttling = EveryThirdCallThrottled()
    # The pauses after throttled calls overlap.
    done = on_a_day(throttling).deploy("-parallelism=50")
    assert done["aws_ecs_service.frontend"] == ["update"]
    assert throttling.throttled > 50


def test_a_deploy_outlives_lost_answers(dev_aws: Local, synth: Synth, on_a_day: OnADay) -> None:
    dev_aws.terraform.use(synth(**BACKEND))
    cut = FirstAnswersLost(frozenset({"UpdateService", "RegisterTaskDefinition", "DetachRolePolicy"}))
    on_a_day(cut).deploy()
    assert cut.lost == cut.actions
    assert dev_aws.terraform.plan() == {}


def test_a_deploy_outlives_an_outage_of_seconds(dev_aws: Local, synth: Synth, on_a_day: OnADay) -> None:
    dev_aws.terraform.use(synth())
    outage = Outage("UpdateService", seconds=3)
    on_a_day(outage).deploy()
    assert outage.retried.is_set()
    assert dev_aws.terraform.plan() == {}
