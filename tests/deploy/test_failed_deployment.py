"""A revision of Terraform's that does not come up, so that ECS goes back to the one before."""

from collections.abc import Callable

from tests.deploy.conftest import Local
from tests.deploy.faulty_aws import Answer, Request, faulty_aws
from tests.unit.stack_json import Synth

SERVICE, REVISION = "aws_ecs_service.prometheus", "aws_ecs_task_definition.prometheus"


def test_an_apply_fails_if_ecs_rolled_back_and_the_next_deploys(local: Local, synth: Synth) -> None:
    def roll_back(request: Request, pass_on: Callable[[], Answer]) -> Answer:
        """Let ECS go back to the old revision at once, as after a rollback."""
        if request.action != "UpdateService" or "taskDefinition" not in request.parameters:
            return pass_on()
        ecs = local.client("ecs")
        cluster, service = request.parameters["cluster"], request.parameters["service"]
        (before,) = ecs.describe_services(cluster=cluster, services=[service])["services"]
        answer = pass_on()
        ecs.update_service(cluster=cluster, service=service, taskDefinition=before["taskDefinition"])
        return answer

    local.terraform.use(synth(DEV__SERVICES__PROMETHEUS__RETENTION_DAYS="30"))
    with faulty_aws(local, roll_back) as terraform:
        complaint = terraform.fail("apply", "-auto-approve", "-input=false", "-no-color")
    assert "dev-davidshaevel-prometheus: ECS rolled the deployment back, the service runs arn:aws:ecs:" in complaint
    assert "put it right and deploy again." in complaint

    assert local.terraform.plan() == {SERVICE: ["update"]}

    # Back to dev as it is, for the tests that follow.
    local.terraform.use(synth())
    assert local.terraform.deploy() == {SERVICE: ["update"], REVISION: ["delete", "create"]}
    assert local.terraform.plan() == {}
