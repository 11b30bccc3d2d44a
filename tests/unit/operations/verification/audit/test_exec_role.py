"""The task role may do what ECS Exec takes and the settings grant, and nothing more."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from environments import load
from operations.aws.clients import Clients
from operations.verification.audit import audit_exec
from operations.verification.audit.permissions import SIMULATION, Permissions
from operations.verification.audit.role import CHANNEL_ACTIONS
from operations.verification.deployed import read_deployed
from operations.verification.findings import Finding, Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.audit.conftest import Only
from tests.unit.operations.verification.seeded import ALL_ON, MAY_EXEC, Seeded, allow, seed

Look = Callable[[], Platform]
ROLE = "arn:aws:iam::123456789012:role/dev-davidshaevel-backend-task-role"
MANAGED = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
USERS = "arn:aws:rds-db:us-east-1:123456789012:dbuser:db-ABC"
CONFIG = "arn:aws:s3:::dev-davidshaevel-prometheus-config"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def attach(dev: Seeded, service: str, name: str, *statements: dict[str, Any]) -> str:
    """Make a policy and attach it to a task role; return its ARN."""
    policy = dev.clients.iam.create_policy(PolicyName=name, PolicyDocument=document(*statements))["Policy"]
    dev.clients.iam.attach_role_policy(RoleName=dev.role_name(service), PolicyArn=policy["Arn"])
    arn: str = policy["Arn"]
    return arn


def only_finding(look: Look) -> Finding:
    (finding,) = audit_exec(look()).findings
    assert finding.status is Status.FAIL
    return finding


@pytest.mark.parametrize("action", MAY_EXEC[0]["Action"])
def test_role_that_lacks_a_permission_fails_with_its_name(dev: Seeded, look: Look, action: str) -> None:
    others = [each for each in MAY_EXEC[0]["Action"] if each != action]
    dev.allow("backend", [MAY_EXEC[0] | {"Action": others}, *dev.may_log])
    finding = only_finding(look)
    assert finding.id == "backend.permissions"
    assert f"dev-davidshaevel-backend-task-role may not {action} (by " in finding.reason


def test_boundary_that_leaves_a_permission_out_is_found(dev: Seeded, only: Only) -> None:
    policy = dev.clients.iam.create_policy(PolicyName="boundary", PolicyDocument=document(*dev.may_log))["Policy"]
    dev.clients.iam.put_role_permissions_boundary(RoleName=dev.role_name("backend"), PermissionsBoundary=policy["Arn"])
    assert only() == (Status.FAIL, "backend.permissions")


def test_everything_on_everything_fails_loudly(dev: Seeded, look: Look) -> None:
    arn = attach(dev, "backend", "admin", allow("*", "*"))
    finding = only_finding(look)
    assert finding.id == "backend.role-everything"
    assert f"the policy {arn} of the task role dev-davidshaevel-backend-task-role allows EVERYTHING" in finding.reason


def test_attached_policy_that_allows_more_fails_with_its_name(dev: Seeded, look: Look) -> None:
    arn = attach(dev, "backend", "more", allow(["s3:GetObject", "sqs:SendMessage"], "*"))
    finding = only_finding(look)
    assert finding.id == "backend.role-excess"
    assert arn in finding.reason
    assert finding.reason.endswith("grant: s3:GetObject on *, sqs:SendMessage on *")


def test_inline_policy_that_allows_more_fails_with_its_name(dev: Seeded, look: Look) -> None:
    dev.allow("backend", [*MAY_EXEC, *dev.may_log, allow("logs:*", "*")])
    finding = only_finding(look)
    assert (finding.id, finding.reason.split(": ")[1]) == (
        "backend.role-excess",
        "the policy exec of the task role dev-davidshaevel-backend-task-role allows more than the settings grant",
    )


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "logs:PutLogEvents", "NotResource": "arn:aws:logs:*"},
        allow("ssmmessages:*", "*"),
        allow("s3:GetObject", "*") | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
    ],
)
def test_grant_that_is_wider_than_it_looks_fails(dev: Seeded, look: Look, statement: dict[str, Any]) -> None:
    attach(dev, "backend", "more", statement)
    assert only_finding(look).id == "backend.role-excess"


def test_more_than_three_grants_are_counted(dev: Seeded, look: Look) -> None:
    attach(dev, "backend", "more", allow([f"s3:Get{letter}" for letter in "ABCDE"], "*"))
    assert only_finding(look).reason.endswith("s3:GetC on * and 2 more")


def test_grants_of_the_settings_may_be_in_any_policy(dev: Seeded, look: Look) -> None:
    """The platform's own minimal policy is attached, the rest inline."""
    dev.allow("backend", dev.may_log)
    attach(dev, "backend", "dev-davidshaevel-ecs-exec", *MAY_EXEC)
    assert audit_exec(look()).findings == ()


def test_denial_is_no_grant(dev: Seeded, look: Look) -> None:
    attach(dev, "backend", "deny", {"Effect": "Deny", "Action": "iam:*", "Resource": "*"})
    assert audit_exec(look()).findings == ()


def test_prometheus_may_read_its_configuration(dev: Seeded, look: Look) -> None:
    attach(dev, "prometheus", "read", allow("s3:ListBucket", CONFIG), allow("s3:GetObject", f"{CONFIG}/*"))
    assert audit_exec(look()).findings == ()


def test_another_service_may_not_read_that_configuration(dev: Seeded, look: Look) -> None:
    attach(dev, "backend", "read", allow("s3:GetObject", f"{CONFIG}/*"))
    assert only_finding(look).id == "backend.role-excess"


def test_backend_may_log_in_to_the_database_as_itself(dev: Seeded, look: Look) -> None:
    attach(dev, "backend", "login", allow("rds-db:connect", f"{USERS}/backend"))
    assert only_finding(look).id == "backend.role-excess"
    chosen = load("dev", variables=ALL_ON | {"DEV__DATABASE__IAM_AUTHENTICATION": "true"})
    assert audit_exec(replace(look(), environment=chosen)).findings == ()


def test_nothing_may_log_in_to_the_database_as_another(dev: Seeded, look: Look) -> None:
    attach(dev, "frontend", "login", allow("rds-db:connect", f"{USERS}/frontend"))
    attach(dev, "backend", "login-2", allow("rds-db:connect", f"{USERS}/frontend"))
    chosen = load("dev", variables=ALL_ON | {"DEV__DATABASE__IAM_AUTHENTICATION": "true"})
    findings = audit_exec(replace(look(), environment=chosen)).findings
    assert {each.id for each in findings} == {"backend.role-excess", "frontend.role-excess"}


def test_managed_policy_is_a_warning_if_the_settings_chose_it(look: Look) -> None:
    chosen = load("dev", variables=ALL_ON | {"DEV__EXEC__POLICY": "managed"})
    (finding,) = audit_exec(replace(look(), environment=chosen)).findings
    assert (finding.status, finding.id) == (Status.WARN, "exec.managed-policy")
    assert 'exec.policy = "minimal"' in finding.remedy


@pytest.fixture
def dev_with_managed_policies() -> Iterator[None]:
    """Let moto have AWS's own policies."""
    with mock_aws(config={"iam": {"load_aws_managed_policies": True}}):
        yield


@pytest.mark.usefixtures("dev_with_managed_policies")
@pytest.mark.parametrize(("chosen", "found"), [("managed", "exec.managed-policy"), ("minimal", "backend.role-excess")])
def test_managed_policy_on_the_role_is_as_the_settings_say(clients: Clients, chosen: str, found: str) -> None:
    dev = seed(clients, load("dev", variables=ALL_ON | {"DEV__EXEC__POLICY": chosen}))
    clients.iam.attach_role_policy(RoleName=dev.role_name("backend"), PolicyArn=MANAGED)
    platform = Platform(dev.environment, clients, read_deployed(dev.environment, clients), list, float("inf"))
    assert [finding.id for finding in audit_exec(platform).findings] == [found]


def test_role_that_is_not_there_is_an_error_and_no_finding(dev: Seeded) -> None:
    with pytest.raises(ClientError, match="NoSuchEntity"):
        Permissions(dev.clients, "arn:aws:iam::123456789012:role/gone").missing(["a:b"], "*")


def test_simulation_decides_if_it_is_to_be_had(dev: Seeded, denied: dict[str, str]) -> None:
    denied["a:c"] = ""
    permissions = Permissions(dev.clients, ROLE)
    assert permissions.missing(["a:b", "a:c"], "*") == ["a:c"]
    assert permissions.source == SIMULATION


def test_managed_policy_has_the_four_permissions(clients: Clients) -> None:
    """AWS's own, as moto has it."""
    with mock_aws(config={"iam": {"load_aws_managed_policies": True}}):
        clients.iam.create_role(RoleName="dev-backend-task-role", AssumeRolePolicyDocument="{}")
        clients.iam.attach_role_policy(RoleName="dev-backend-task-role", PolicyArn=MANAGED)
        permissions = Permissions(clients, "arn:aws:iam::123456789012:role/dev-backend-task-role")
        assert permissions.missing(CHANNEL_ACTIONS, "*") == []
        assert permissions.missing(["s3:PutObject"], "*") == ["s3:PutObject"]
