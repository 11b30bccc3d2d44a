"""What the tests of the exec audit share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from operations.verification.audit import audit_exec
from operations.verification.findings import Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.seeded import Seeded

Only = Callable[[], tuple[Status, str]]


@pytest.fixture
def only(look: Callable[[], Platform]) -> Only:
    """Audit, and return the status and the id of the one finding there is."""

    def audited() -> tuple[Status, str]:
        (finding,) = audit_exec(look()).findings
        assert finding.reason
        assert finding.remedy
        return finding.status, finding.id

    return audited


@pytest.fixture
def denied(dev: Seeded) -> Iterator[dict[str, str]]:
    """Let IAM simulate, which moto cannot; each action that is denied, with a part of the ARNs that it is denied on."""
    refused: dict[str, str] = {}

    def denies(action: str, resource: str) -> bool:
        return action in refused and refused[action] in resource

    def simulate(params: dict[str, Any], **_: object) -> tuple[AWSResponse, dict[str, Any]]:
        asked = params["body"]
        resource = asked["ResourceArns.member.1"]
        names = [value for key, value in asked.items() if key.startswith("ActionNames.")]
        results = [
            {"EvalActionName": name, "EvalDecision": "implicitDeny" if denies(name, resource) else "allowed"}
            for name in names
        ]
        return AWSResponse("", 200, {}, b""), {"EvaluationResults": results, "IsTruncated": False}

    events = dev.clients.iam.meta.events
    events.register("before-call.iam.SimulatePrincipalPolicy", simulate)
    yield refused
    events.unregister("before-call.iam.SimulatePrincipalPolicy", simulate)


def tasks_of(dev: Seeded, service: str) -> list[Any]:
    """Return moto's own running tasks of a service."""
    return [task for task in dev.moto_tasks() if task.group.endswith(f"-{service}") and task.last_status == "RUNNING"]
