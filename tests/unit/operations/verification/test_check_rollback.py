"""Check 1 reports a deployment that ECS rolled back, though all that runs is well."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber

from local_cloud.moto_patches.ecs_deployments import record_deployment, service_deployments
from operations.verification.checks.rollback import rolled_back
from operations.verification.checks.service import check_service
from operations.verification.findings import Finding, Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.seeded import SERVICES, Seeded

Look = Callable[[], Platform]
BREAKER = "ECS deployment circuit breaker: tasks failed to start."
EVENTS = (
    "(service x) has reached a steady state.",
    "(service x) (deployment ecs-svc/1) deployment completed.",
    "(service x) rolling back to deployment ecs-svc/1.",
    "(service x) (deployment ecs-svc/2) deployment failed: tasks failed to start.",
)


@pytest.mark.parametrize("service", SERVICES)
def test_rollback_fails_with_ecs_reasons(dev: Seeded, look: Look, service: str) -> None:
    dev.roll_back(service, statusReason=BREAKER, rollback={"reason": "the circuit breaker was triggered"})
    (finding,) = check_service(look()).findings
    assert (finding.status, finding.id) == (Status.FAIL, f"{service}.rolled-back")
    assert finding.reason == (
        f"{service}: ECS rolled the latest deployment back, the service runs dev-davidshaevel-{service}:1: "
        f"{BREAKER}; the circuit breaker was triggered"
    )


@pytest.mark.parametrize("status", ["ROLLBACK_IN_PROGRESS", "ROLLBACK_FAILED", "STOPPED"])
def test_deployment_that_was_given_up_fails(dev: Seeded, look: Look, status: str) -> None:
    dev.roll_back("backend", status=status)
    assert [finding.id for finding in check_service(look()).findings] == ["backend.rolled-back"]


def test_alarm_that_rolled_back_is_named(dev: Seeded, look: Look) -> None:
    dev.roll_back("backend", alarms={"status": "TRIGGERED", "triggeredAlarmNames": ["errors-5xx"]})
    assert check_service(look()).findings[0].reason.endswith(": triggered alarms: errors-5xx")


def test_deployment_after_a_rollback_is_what_counts(dev: Seeded, look: Look) -> None:
    dev.roll_back("backend", createdAt=datetime.now(UTC) - timedelta(days=1))
    dev.update("backend", forceNewDeployment=True)
    assert check_service(look()).findings == ()


def test_latest_is_found_whatever_the_order_and_the_pages(dev: Seeded, look: Look) -> None:
    service = dev.moto_service("backend")
    for _ in range(120):
        record_deployment(service)
    dev.roll_back("backend", createdAt=datetime.now(UTC) + timedelta(seconds=1))
    service_deployments(service).reverse()
    assert [finding.id for finding in check_service(look()).findings] == ["backend.rolled-back"]


def test_refused_question_is_an_error_beside_other_findings(
    dev: Seeded, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    dev.moto_service("frontend").running_count = 1
    monkeypatch.setattr(dev.clients.ecs, "list_service_deployments", refusing("AccessDeniedException"))
    found = {(finding.status, finding.id) for finding in check_service(look()).findings}
    assert found == {(Status.FAIL, "frontend.running"), *((Status.ERROR, f"{name}.aws") for name in SERVICES)}


def test_events_tell_if_aws_keeps_no_deployments(dev: Seeded, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(dev, "ecs-svc/1")
    monkeypatch.setattr(dev.clients.ecs, "list_service_deployments", refusing("UnsupportedFeatureException"))
    (finding,) = check_service(look()).findings
    assert finding.id == "backend.rolled-back"
    assert finding.reason.endswith(": tasks failed to start.")


def test_events_of_a_rollback_before_the_deployment_say_nothing(
    dev: Seeded, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(dev, "ecs-svc/3")
    monkeypatch.setattr(dev.clients.ecs, "list_service_deployments", refusing("UnsupportedFeatureException"))
    assert check_service(look()).findings == ()


def test_answers_are_of_the_shape_that_aws_documents(dev: Seeded, look: Look) -> None:
    """The stub refuses fields, types and arguments that are not in AWS's own model of the API."""
    brief = {"serviceDeploymentArn": "arn", "createdAt": datetime.now(UTC), "status": "ROLLBACK_SUCCESSFUL"}
    older = brief | {"createdAt": datetime(2026, 1, 1, tzinfo=UTC), "status": "SUCCESSFUL"}
    whole = {"serviceDeploymentArn": "arn", "statusReason": BREAKER, "rollback": {"reason": "rolled back"}}
    asked = {"cluster": ANY, "service": ANY, "maxResults": ANY}
    platform = look()
    with Stubber(dev.clients.ecs) as aws:
        aws.add_response("list_service_deployments", {"serviceDeployments": [older], "nextToken": "2"}, asked)
        aws.add_response("list_service_deployments", {"serviceDeployments": [brief]}, asked | {"nextToken": "2"})
        aws.add_response(
            "describe_service_deployments", {"serviceDeployments": [whole]}, {"serviceDeploymentArns": ["arn"]}
        )
        (finding,) = rolled_back(platform.deployed["backend"], platform)
        aws.assert_no_pending_responses()
    assert finding.reason.endswith(f": {BREAKER}; rolled back")


def refusing(code: str) -> Callable[..., Finding]:
    def call(*_: object, **__: object) -> Any:  # noqa: ANN401 - it never returns
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "ListServiceDeployments")

    return call


def tell(dev: Seeded, deployment: str) -> None:
    """Let the service have this PRIMARY deployment and the events of a rollback, the latest first as AWS has them."""
    service = dev.moto_service("backend")
    for task in dev.moto_tasks():
        task.started_by = deployment if task.group.endswith("-backend") else task.started_by
    service.deployments[0]["id"] = deployment
    service.events = [{"message": message} for message in EVENTS]
