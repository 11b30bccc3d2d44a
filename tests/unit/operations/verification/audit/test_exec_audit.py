"""The exec audit finds what keeps ECS Exec from working, in the running task and around it."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from environments import load
from operations.aws.clients import Clients
from operations.verification.audit import audit_exec
from operations.verification.audit.permissions import DOCUMENTS, SIMULATION, Permissions
from operations.verification.audit.role import CHANNEL_ACTIONS
from operations.verification.audit.route import leads_out
from operations.verification.findings import Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.seeded import MAY_EXEC, MAY_LOG, Seeded

Look = Callable[[], Platform]
ROLE = "arn:aws:iam::123456789012:role/dev-backend-task-role"


@pytest.fixture
def only(look: Look) -> Callable[[], tuple[Status, str]]:
    """Audit, and return the status and the id of the one finding there is."""

    def audited() -> tuple[Status, str]:
        (finding,) = audit_exec(look()).findings
        assert finding.reason.startswith("backend")
        assert finding.remedy
        return finding.status, finding.id

    return audited


Only = Callable[[], tuple[Status, str]]


def tasks_of(dev: Seeded, service: str) -> list[Any]:
    return [task for task in dev.moto_tasks() if task.group.endswith(f"-{service}") and task.last_status == "RUNNING"]


def agents(dev: Seeded, service: str) -> list[dict[str, Any]]:
    """Return the agents of the container of the service's name."""
    containers = [each for task in tasks_of(dev, service) for each in task.containers if each["name"] == service]
    return [agent for container in containers for agent in container["managedAgents"]]


def configure(dev: Seeded, **configuration: object) -> None:
    dev.clients.ecs.update_cluster(
        cluster=dev.environment.cluster_name, configuration={"executeCommandConfiguration": configuration}
    )


def test_services_in_order_have_no_findings(look: Look) -> None:
    seen = audit_exec(look())
    assert seen.findings == ()
    assert seen.counts == {"services_audited": 3, "findings": 0}


def test_audit_says_how_permissions_were_found_out(look: Look) -> None:
    """Moto cannot simulate."""
    assert audit_exec(look()).summary.endswith(f"permissions by {DOCUMENTS}")


def test_nothing_is_audited_where_exec_is_off(dev: Seeded, look: Look) -> None:
    for service in ("backend", "frontend", "prometheus"):
        dev.update(service, enableExecuteCommand=False, forceNewDeployment=True)
    (finding,) = audit_exec(replace(look(), environment=load("dev", variables={}))).findings
    assert (finding.status, finding.id) == (Status.SKIP, "exec.off")
    assert "exec.backend" in finding.remedy


def test_exec_that_runs_is_audited_whatever_the_settings_say(look: Look) -> None:
    assert audit_exec(replace(look(), environment=load("dev", variables={}))).counts["services_audited"] == 3


def test_task_that_started_before_the_switch_is_found(dev: Seeded, only: Only) -> None:
    dev.update("backend", enableExecuteCommand=False, forceNewDeployment=True)
    dev.update("backend", enableExecuteCommand=True)
    assert only() == (Status.WARN, "backend.exec-off")


def test_one_of_two_tasks_that_started_before_the_switch_is_found(dev: Seeded, only: Only) -> None:
    tasks_of(dev, "backend")[1].enable_execute_command = False
    assert only() == (Status.WARN, "backend.exec-off")


@pytest.mark.parametrize("version", ["1.3.0", "", "1.3"])
def test_old_platform_version_is_found(dev: Seeded, only: Only, version: str) -> None:
    for task in tasks_of(dev, "backend"):
        task.platform_version = version
    assert only() == (Status.FAIL, "backend.platform-version")


def test_newer_platform_version_is_fine(dev: Seeded, look: Look) -> None:
    for task in tasks_of(dev, "backend"):
        task.platform_version = "1.10.0"
    assert audit_exec(look()).findings == ()


def test_agent_that_has_stopped_is_found(dev: Seeded, only: Only) -> None:
    for agent in agents(dev, "backend"):
        agent["lastStatus"] = "STOPPED"
    assert only() == (Status.FAIL, "backend.agent")


def test_agent_that_starts_is_a_warning(dev: Seeded, only: Only) -> None:
    for agent in agents(dev, "backend"):
        agent["lastStatus"] = "PENDING"
    assert only() == (Status.WARN, "backend.agent")


def test_agent_that_is_not_there_is_found(dev: Seeded, only: Only) -> None:
    for agent in agents(dev, "backend"):
        agent["name"] = "AnotherAgent"
    assert only() == (Status.FAIL, "backend.agent")


def test_agent_is_the_one_of_the_container_of_the_services_name(dev: Seeded, look: Look) -> None:
    """The init container's agent has stopped with it, whichever is listed first."""
    for task in tasks_of(dev, "prometheus"):
        task.containers.reverse()
    assert audit_exec(look()).findings == ()


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"readonlyRootFilesystem": True}, (Status.FAIL, "backend.read-only-root")),
        ({"linuxParameters": None}, (Status.WARN, "backend.init-process")),
        (
            {"environment": [{"name": "AWS_ACCESS_KEY_ID", "value": "AKIA"}]},
            (Status.WARN, "backend.credentials"),
        ),
        (
            {"secrets": [{"name": "AWS_SECRET_ACCESS_KEY", "valueFrom": "arn:aws:ssm:us-east-1:1:parameter/x"}]},
            (Status.WARN, "backend.credentials"),
        ),
    ],
)
def test_container_that_stands_in_the_way_is_found(
    dev: Seeded, only: Only, change: dict[str, object], finding: tuple[Status, str]
) -> None:
    dev.define("backend", **change)
    assert only() == finding


def test_task_without_a_role_is_found(dev: Seeded, only: Only) -> None:
    dev.update("backend", taskDefinition=dev.register("backend", dev.containers("backend"), role=False))
    assert only() == (Status.FAIL, "backend.task-role")


@pytest.mark.parametrize("action", MAY_EXEC[0]["Action"])
def test_role_that_lacks_a_permission_is_found_with_its_name(dev: Seeded, look: Look, action: str) -> None:
    others = [each for each in MAY_EXEC[0]["Action"] if each != action]
    dev.allow("backend", [MAY_EXEC[0] | {"Action": others}, *MAY_LOG])
    (finding,) = audit_exec(look()).findings
    assert (finding.status, finding.id) == (Status.FAIL, "backend.permissions")
    assert f"dev-backend-task-role may not {action} (by " in finding.reason


def test_managed_policy_is_taken_into_account(clients: Clients) -> None:
    """AWS's own, as moto has it."""
    with mock_aws(config={"iam": {"load_aws_managed_policies": True}}):
        clients.iam.create_role(RoleName="dev-backend-task-role", AssumeRolePolicyDocument="{}")
        clients.iam.attach_role_policy(
            RoleName="dev-backend-task-role", PolicyArn="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
        )
        permissions = Permissions(clients, ROLE)
        assert permissions.missing(CHANNEL_ACTIONS, "*") == []
        assert permissions.missing(["s3:PutObject"], "*") == ["s3:PutObject"]


def test_boundary_that_leaves_a_permission_out_is_found(dev: Seeded, only: Only) -> None:
    boundary = dev.clients.iam.create_policy(PolicyName="boundary", PolicyDocument=_document(MAY_LOG))["Policy"]["Arn"]
    dev.clients.iam.put_role_permissions_boundary(RoleName="dev-backend-task-role", PermissionsBoundary=boundary)
    assert only() == (Status.FAIL, "backend.permissions")


def test_session_log_that_the_role_may_not_write_is_a_warning(dev: Seeded, only: Only) -> None:
    dev.allow("backend", MAY_EXEC)
    assert only() == (Status.WARN, "backend.session-log")


def test_session_log_that_nobody_asks_for_needs_no_permission(dev: Seeded, look: Look) -> None:
    dev.allow("backend", MAY_EXEC)
    configure(dev, logging="NONE")
    assert audit_exec(look()).findings == ()


def test_session_log_that_is_not_there_is_found_for_every_service(dev: Seeded, look: Look) -> None:
    dev.clients.logs.delete_log_group(logGroupName=dev.log_group("exec"))
    assert [finding.id for finding in audit_exec(look()).findings] == [
        "backend.session-log",
        "frontend.session-log",
        "prometheus.session-log",
    ]


def test_session_key_that_the_role_may_not_use_is_found(dev: Seeded, look: Look) -> None:
    key = dev.clients.kms.create_key()["KeyMetadata"]
    for service in ("frontend", "prometheus"):
        use = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key["Arn"]}
        dev.allow(service, [*MAY_EXEC, *MAY_LOG, use])
    configure(dev, kmsKeyId=key["KeyId"], logging="NONE")
    (finding,) = audit_exec(look()).findings
    assert (finding.status, finding.id) == (Status.FAIL, "backend.session-key")


def test_session_log_without_the_key_that_the_cluster_wants_is_found(dev: Seeded, look: Look) -> None:
    log = {"cloudWatchLogGroupName": dev.log_group("exec"), "cloudWatchEncryptionEnabled": True}
    configure(dev, logging="OVERRIDE", logConfiguration=log)
    assert {(finding.status, finding.id.partition(".")[2]) for finding in audit_exec(look()).findings} == {
        (Status.FAIL, "session-log-key")
    }


def findings_of_route(look: Look) -> set[tuple[Status, str]]:
    return {(finding.status, finding.id) for finding in audit_exec(look()).findings}


ALL_WITHOUT_ROUTE = {(Status.FAIL, f"{service}.route") for service in ("backend", "frontend", "prometheus")}


def test_subnet_without_a_way_out_is_found(dev: Seeded, look: Look) -> None:
    dev.clients.ec2.delete_route(RouteTableId=dev.route_table, DestinationCidrBlock="0.0.0.0/0")
    assert findings_of_route(look) == ALL_WITHOUT_ROUTE


def test_internet_gateway_is_no_way_out_without_a_public_address(dev: Seeded, look: Look) -> None:
    gateway = dev.clients.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    dev.clients.ec2.replace_route(RouteTableId=dev.route_table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    assert findings_of_route(look) == ALL_WITHOUT_ROUTE


@pytest.mark.parametrize(("private_dns", "found"), [(True, set()), (False, ALL_WITHOUT_ROUTE)])
def test_endpoint_is_a_way_too_where_its_name_leads_to_it(
    dev: Seeded, look: Look, private_dns: bool, found: set[tuple[Status, str]]
) -> None:
    ec2 = dev.clients.ec2
    ec2.delete_route(RouteTableId=dev.route_table, DestinationCidrBlock="0.0.0.0/0")
    subnet = dev.network["awsvpcConfiguration"]["subnets"][0]
    ec2.create_vpc_endpoint(
        VpcId=ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"],
        ServiceName="com.amazonaws.us-east-1.ssmmessages",
        VpcEndpointType="Interface",
        SubnetIds=[subnet],
        PrivateDnsEnabled=private_dns,
    )
    assert findings_of_route(look) == found


@pytest.mark.parametrize(
    ("route", "public", "works"),
    [
        ({"NatGatewayId": "nat-1"}, False, True),
        ({"NatGatewayId": "nat-1", "State": "blackhole"}, False, False),
        ({"TransitGatewayId": "tgw-1"}, False, True),
        ({"GatewayId": "igw-1"}, False, False),
        ({"GatewayId": "igw-1"}, True, True),
        ({"GatewayId": "vgw-1"}, True, False),
        ({"NatGatewayId": "nat-1", "DestinationCidrBlock": "10.0.0.0/8"}, False, False),
    ],
)
def test_default_route_works(route: dict[str, str], public: bool, works: bool) -> None:
    table = {"Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "State": "active"} | route]}
    assert leads_out(table, public=public) is works


class SimulatingIam:
    """Answers as IAM's simulation does; moto has none."""

    def __init__(self, allowed: set[str]) -> None:
        self._allowed = allowed

    def get_paginator(self, operation: str) -> "SimulatingIam":
        assert operation == "simulate_principal_policy"
        return self

    def paginate(self, *, ActionNames: list[str], **_: object) -> list[dict[str, Any]]:  # noqa: N803 - boto3's name
        decisions = {True: "allowed", False: "implicitDeny"}
        return [
            {"EvaluationResults": [{"EvalActionName": each, "EvalDecision": decisions[each in self._allowed]}]}
            for each in ActionNames
        ]


def test_simulation_decides_where_it_is_to_be_had(dev: Seeded) -> None:
    permissions = Permissions(dev.clients, ROLE)
    permissions._iam = SimulatingIam({"a:b"})  # noqa: SLF001 - moto cannot simulate
    assert permissions.missing(["a:b", "a:c"], "*") == ["a:c"]
    assert permissions.source == SIMULATION


def test_role_that_is_not_there_is_an_error_and_no_finding(dev: Seeded) -> None:
    with pytest.raises(ClientError, match="NoSuchEntity"):
        Permissions(dev.clients, "arn:aws:iam::123456789012:role/gone").missing(["a:b"], "*")


def _document(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
