"""A revision of Terraform's that does not come up, so that ECS goes back to the one before."""

from collections.abc import Callable

import pytest

from tests.deploy.faulty_aws import Answer, Request, bad_days
from tests.deploy.platforms import Local
from tests.unit.stack_json import Synth

# This runs beside the tests of what a person types, on a deploy of its own.
pytestmark = pytest.mark.xdist_group("choices")

SERVICE, REVISION = "aws_ecs_service.prometheus", "aws_ecs_task_definition.prometheus"


def test_an_apply_fails_if_ecs_rolled_back_and_the_next_deploys(dev_aws: Local, synth: Synth) -> None:
    def roll_back(request: Request, pass_on: Callable[[], Answer]) -> Answer:
        """Let ECS go back to the old revision at once, as after a rollback."""
        if request.action != "UpdateService" or "taskDefinition" not in request.parameters:
            return pass_on()
        ecs = dev_aws.client("ecs")
        cluster, service = request.parameters["cluster"], request.parameters["service"]
        (before,) = ecs.describe_services(cluster=cluster, services=[service])["services"]
        answer = pass_on()
        ecs.update_service(cluster=cluster, service=service, taskDefinition=before["taskDefinition"])
        return answer

    dev_aws.terraform.use(synth(DEV__SERVICES__PROMETHEUS__RETENTION_DAYS="30"))
    with bad_days(dev_aws) as on_a_day:
        complaint = on_a_day(roll_back).fail("apply", "-auto-approve", "-input=false", "-no-color")
    assert "dev-davidshaevel-prometheus: ECS rolled the deployment back, the service runs arn:aws:ecs:" in complaint
    assert "put it right and deploy again." in complaint

    assert dev_aws.terraform.plan() == {SERVICE: ["update"]}

    # Back to dev as it is, for the tests that follow.
    dev_aws.terraform.use(synth())
    assert dev_aws.terraform.deploy() == {SERVICE: ["update"], REVISION: ["delete", "create"]}
    assert dev_aws.terraform.plan() == {}
