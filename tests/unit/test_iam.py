"""Who may do what, over every policy document of the platform."""

import json
import re
from typing import Any, NamedTuple

import pytest

from tests.unit.stack_json import Stack, Synth

ALL_ON = {f"DEV__EXEC__{service}": "true" for service in ("BACKEND", "FRONTEND", "PROMETHEUS")}

ECS = "arn:aws:ecs:us-east-1:123456789012"

# Statements on more than named resources, each with the reason why it cannot be narrower.
WIDE = {
    # AWS's service authorization reference names no resource type for these actions.
    ("aws_iam_policy.ecs_exec", "*"),
    # In a key's own policy, "*" is that key.
    ("aws_kms_key.exec_sessions", "*"),
    # DescribeLogGroups lists groups, so it is asked of all of them, here those of one account and region.
    ("aws_iam_role_policy.ecs_exec_session_log", "arn:aws:logs:us-east-1:123456789012:log-group:*"),
    # Actions that know no resource, and ListTasks, on one cluster by its condition: see test_delivery.py.
    ("aws_iam_policy.delivery", "*"),
    # Revisions and tasks have names that are made later; what they begin with is named.
    ("aws_iam_policy.delivery", f"{ECS}:task-definition/${{aws_ecs_task_definition.backend.family}}:*"),
    ("aws_iam_policy.delivery", f"{ECS}:task-definition/${{aws_ecs_task_definition.frontend.family}}:*"),
    ("aws_iam_policy.delivery", f"{ECS}:task/${{aws_ecs_cluster.cluster.name}}/*"),
    # As in the deployer's policy; ECS makes the ids of tasks and sessions.
    ("aws_iam_policy.exec_operator", "*"),
    ("aws_iam_policy.exec_operator", f"{ECS}:service/dev-davidshaevel-cluster/*"),
    ("aws_iam_policy.exec_operator", f"{ECS}:task/dev-davidshaevel-cluster/*"),
    ("aws_iam_policy.exec_operator", "arn:aws:ssm:us-east-1:123456789012:session/ecs-execute-command-*"),
    # AWS makes a key's id; the condition names its alias.
    ("aws_iam_policy.exec_operator", "arn:aws:kms:us-east-1:123456789012:key/*"),
}

# Who may assume each role, and for which resources of the account.
TASKS = ("ecs-tasks.amazonaws.com", f"{ECS}:*")
TRUSTED = {
    "backend_task": TASKS,
    "frontend_task": TASKS,
    "prometheus_task": TASKS,
    "task_execution": TASKS,
    "prometheus_execution": TASKS,
    "network_flow_logs": ("vpc-flow-logs.amazonaws.com", "arn:aws:ec2:us-east-1:123456789012:vpc-flow-log/*"),
    "database_monitoring_role": ("monitoring.rds.amazonaws.com", "arn:aws:rds:us-east-1:123456789012:db:*"),
}


class Statement(NamedTuple):
    """A statement, and the address of the resource whose policy it is in."""

    owner: str
    effect: str
    actions: list[str]
    resources: list[str]


def documents(stack: Stack) -> dict[str, list[dict[str, Any]]]:
    """Return the statements of every policy in the JSON; trust policies apart."""
    found = {}
    for kind, resources in stack.document["resource"].items():
        for name, resource in resources.items():
            document = json.loads(resource["policy"]) if "policy" in resource else {}
            if "Statement" in document:
                found[f"{kind}.{name}"] = document["Statement"]
    return found


def statements(stack: Stack) -> list[Statement]:
    return [
        Statement(owner, each["Effect"], as_list(each["Action"]), as_list(each["Resource"]))
        for owner, document in documents(stack).items()
        for each in document
    ]


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


@pytest.fixture
def widest(synth: Synth) -> Stack:
    """Dev with every policy that there can be."""
    return synth(
        DEV__EXEC__POLICY="minimal",
        DEV__EXEC__ENCRYPTED="true",
        DEV__EXEC__OPERATOR_POLICY="true",
        DEV__ALARMS__EMAIL="ops@acme.org",
        DEV__DATABASE__IAM_AUTHENTICATION="true",
        DEV__ACCESS_LOGS="true",
        **ALL_ON,
    )


def test_every_policy_of_the_platform_is_looked_at(widest: Stack) -> None:
    assert set(documents(widest)) == {
        "aws_iam_policy.delivery",
        "aws_iam_policy.ecs_exec",
        "aws_iam_policy.exec_operator",
        "aws_iam_policy.prometheus_read_config",
        "aws_iam_role_policy.backend_database_login",
        "aws_iam_role_policy.ecs_exec_session_log",
        "aws_iam_role_policy.network_flow_logs",
        "aws_iam_role_policy.task_execution_secrets",
        "aws_kms_key.exec_sessions",
        "aws_s3_bucket_policy.access_logs",
        "aws_sns_topic_policy.alarm_topic",
    }


def test_a_wide_statement_has_a_reason(widest: Stack) -> None:
    wide = {
        (each.owner, resource)
        for each in statements(widest)
        for resource in each.resources
        if "*" in resource and not resource.startswith("${")
    }
    assert wide == WIDE


def test_only_the_key_allows_every_action_to_its_account(widest: Stack) -> None:
    wide = [
        each.owner for each in statements(widest) for action in each.actions if action == "*" or action.endswith(":*")
    ]
    assert wide == ["aws_kms_key.exec_sessions"]


def test_statements_only_allow(widest: Stack) -> None:
    assert {each.effect for each in statements(widest)} == {"Allow"}


@pytest.mark.parametrize("role", TRUSTED)
def test_a_role_trusts_one_service_for_its_account(dev: Stack, role: str) -> None:
    service, sources = TRUSTED[role]
    document = json.loads(dev[f"aws_iam_role.{role}"]["assume_role_policy"])
    assert document["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "ArnLike": {"aws:SourceArn": sources},
            },
        }
    ]


def test_there_are_no_other_roles(widest: Stack) -> None:
    assert set(widest.of_type("aws_iam_role")) == set(TRUSTED)


def test_the_execution_role_reads_the_databases_secret_alone(dev: Stack) -> None:
    own = [each for each in statements(dev) if each.owner == "aws_iam_role_policy.task_execution_secrets"]
    secret = "${aws_db_instance.database.master_user_secret[0].secret_arn}"  # noqa: S105
    assert [(each.actions, each.resources) for each in own] == [(["secretsmanager:GetSecretValue"], [secret])]
    assert dev["aws_iam_role_policy.task_execution_secrets"]["role"] == "${aws_iam_role.task_execution.id}"


def test_prometheus_lists_its_bucket_and_reads_its_objects(dev: Stack) -> None:
    own = [each for each in statements(dev) if each.owner == "aws_iam_policy.prometheus_read_config"]
    bucket = "${aws_s3_bucket.prometheus_config.arn}"
    assert [(each.actions, each.resources) for each in own] == [
        (["s3:GetObject", "s3:GetObjectVersion"], [f"{bucket}/*"]),
        (["s3:ListBucket"], [bucket]),
    ]


def test_what_cannot_change_in_the_prometheus_policy_is_as_live(dev: Stack) -> None:
    policy = dev["aws_iam_policy.prometheus_read_config"]
    assert policy["description"] == "Allow Prometheus ECS tasks to read configuration from S3"


def test_flow_logs_write_to_their_group_only(dev: Stack) -> None:
    (own,) = [each for each in statements(dev) if each.owner == "aws_iam_role_policy.network_flow_logs"]
    group = "${aws_cloudwatch_log_group.network_flow_logs.arn}"
    assert set(own.resources) == {f"{group}:*"}
    assert {"logs:CreateLogStream", "logs:PutLogEvents"} <= set(own.actions)


@pytest.mark.parametrize(
    ("attachment", "role", "policy"),
    [
        ("task_execution", "task_execution", "AmazonECSTaskExecutionRolePolicy"),
        ("prometheus_execution_attachment", "prometheus_execution", "AmazonECSTaskExecutionRolePolicy"),
        ("database_monitoring", "database_monitoring_role", "AmazonRDSEnhancedMonitoringRole"),
    ],
)
def test_a_role_has_the_policy_that_aws_made_for_it(dev: Stack, attachment: str, role: str, policy: str) -> None:
    attached = dev[f"aws_iam_role_policy_attachment.{attachment}"]
    assert attached["role"] == f"${{aws_iam_role.{role}.name}}"
    assert attached["policy_arn"] == f"arn:aws:iam::aws:policy/service-role/{policy}"


def test_task_roles_have_no_policy_with_exec_off(dev: Stack) -> None:
    grants = [*dev.of_type("aws_iam_role_policy").values(), *dev.of_type("aws_iam_role_policy_attachment").values()]
    given = {grant["role"] for grant in grants}
    assert not any(f"aws_iam_role.{name}_task." in role for role in given for name in ("backend", "frontend"))


def test_only_attachments_that_leave_others_alone_are_used(widest: Stack) -> None:
    assert not widest.of_type("aws_iam_policy_attachment")


@pytest.mark.parametrize(
    ("service", "execution_role"),
    [("backend", "task_execution"), ("frontend", "task_execution"), ("prometheus", "prometheus_execution")],
)
def test_tasks_are_started_with_their_execution_role(dev: Stack, service: str, execution_role: str) -> None:
    task = dev[f"aws_ecs_task_definition.{service}"]
    assert task["execution_role_arn"] == f"${{aws_iam_role.{execution_role}.arn}}"


def test_no_arn_is_of_another_partition(synth: Synth) -> None:
    region = {"DEV__REGION": "us-gov-west-1", "DEV__NETWORK__ZONES": '["us-gov-west-1a", "us-gov-west-1b"]'}
    arns = re.findall(r"arn:[a-z-]+:\w+", synth(**region, **ALL_ON, DEV__EXEC__ENCRYPTED="true").text)
    assert arns
    assert {arn.split(":")[1] for arn in arns} == {"aws-us-gov"}
