"""A revision of Terraform's that does not come up, so that ECS goes back to the one before."""

from dataclasses import replace

from tests.deploy.circuit_breaker import failing_deployments
from tests.deploy.conftest import Local
from tests.unit.stack_json import Synth

SERVICE, REVISION = "aws_ecs_service.prometheus", "aws_ecs_task_definition.prometheus"


def test_an_apply_fails_where_ecs_rolled_the_deployment_back_and_the_next_one_deploys_again(
    local: Local, synth: Synth
) -> None:
    local.terraform.use(synth(DEV__PROMETHEUS__RETENTION_DAYS="30"))
    assert local.terraform.plan() == {SERVICE: ["update"], REVISION: ["delete", "create"]}
    with failing_deployments(local) as url:
        failing = replace(local.terraform, variables={**local.terraform.variables, "AWS_ENDPOINT_URL": url})
        complaint = failing.fail("apply", "-input=false", "-no-color", "plan")
    assert "dev-davidshaevel-prometheus: ECS rolled the deployment back, the service runs arn:aws:ecs:" in complaint
    assert "put it right and deploy again." in complaint

    assert local.terraform.plan() == {SERVICE: ["update"]}

    # Back to dev as it is, for the tests that follow.
    local.terraform.use(synth())
    assert local.terraform.plan() == {SERVICE: ["update"], REVISION: ["delete", "create"]}
    local.terraform.apply()
    assert local.terraform.plan() == {}
