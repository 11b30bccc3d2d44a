"""The caller: may use ECS Exec, and cannot go past it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from operations.aws.caller import Caller
from operations.verification.audit import audit_exec
from operations.verification.audit.caller import audit_caller
from operations.verification.audit.context import read_context
from operations.verification.findings import Finding, Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.seeded import Seeded

Look = Callable[[], Platform]
Denied = dict[str, str]
SESSION = "arn:aws-us-gov:sts::123456789012:assumed-role/Admin_0123456789abcdef/alex@example.com"


@pytest.fixture(autouse=True)
def only_exec(denied: Denied) -> None:
    """Let the caller do all but start sessions past ECS Exec."""
    denied["ssm:StartSession"] = ":task/"


def only_finding(look: Look) -> Finding:
    (finding,) = audit_exec(look()).findings
    assert finding.status is Status.WARN
    return finding


def test_caller_who_may_use_exec_and_no_more_is_fine(look: Look) -> None:
    seen = audit_exec(look())
    assert seen.findings == ()
    assert seen.summary == "3 services, 0 findings; permissions by IAM's simulation"


def test_services_that_are_shut_to_the_caller_are_named(dev: Seeded, look: Look, denied: Denied) -> None:
    denied["ecs:ExecuteCommand"] = dev.tasks("frontend")[0]
    finding = only_finding(look)
    assert (finding.id, "python -m operations exec dev --print-policy" in finding.remedy) == ("exec.caller", True)
    assert finding.reason == "you (user/moto) may not ecs:ExecuteCommand in frontend"


def test_key_that_is_shut_to_the_caller_is_named(dev: Seeded, look: Look, denied: Denied) -> None:
    denied["kms:GenerateDataKey"] = dev.key
    assert only_finding(look).reason == "you (user/moto) may not kms:GenerateDataKey with the key of sessions"


def test_caller_who_may_start_sessions_past_exec_is_warned(look: Look, denied: Denied) -> None:
    del denied["ssm:StartSession"]
    finding = only_finding(look)
    assert finding.id == "exec.start-session"
    assert finding.remedy == "deny ssm:StartSession on arn:aws:ecs:us-east-1:123456789012:task/* to this role or user"


@pytest.mark.parametrize(
    ("kind", "arn"),
    [
        ("root", "arn:aws:iam::123456789012:root"),
        ("federated-user", "arn:aws:sts::123456789012:federated-user/alex"),
    ],
)
def test_caller_that_cannot_be_simulated_is_said_to_be_unknown(look: Look, kind: str, arn: str) -> None:
    context = replace(read_context(look()), caller=Caller(arn))
    assert audit_caller(context, []).unknown == f"IAM simulates no {kind}"


def test_simulation_that_is_refused_is_said(look: Look, dev: Seeded) -> None:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "SimulatePrincipalPolicy")

    events = dev.clients.iam.meta.events
    events.register_first("before-call.iam.SimulatePrincipalPolicy", refuse)
    summary = audit_exec(look()).summary
    events.unregister("before-call.iam.SimulatePrincipalPolicy", refuse)
    assert summary.endswith("your own permissions unknown (AWS refused SimulatePrincipalPolicy: AccessDenied: no)")


def test_session_of_a_role_is_the_role_with_its_path(dev: Seeded) -> None:
    path = "/aws-reserved/sso.amazonaws.com/"
    dev.clients.iam.create_role(RoleName="Admin_0123456789abcdef", Path=path, AssumeRolePolicyDocument="{}")
    principal = Caller(SESSION).principal(dev.clients)
    assert principal == f"arn:aws:iam::123456789012:role{path}Admin_0123456789abcdef"


def test_session_of_a_role_that_cannot_be_read_is_the_role(dev: Seeded) -> None:
    principal = Caller(SESSION).principal(dev.clients)
    assert principal == "arn:aws-us-gov:iam::123456789012:role/Admin_0123456789abcdef"
