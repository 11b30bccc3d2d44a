"""One toggle per service switches ECS Exec as a unit, and touches no other service."""

import json
from itertools import product
from typing import Any

import pytest

from environments import names
from environments.exec_access import ExecSettings
from tests.unit.stack_json import Stack, Synth, changes

# Each service with its container's place in the task definition.
CONTAINERS = {"backend": 0, "frontend": 0, "prometheus": 1}
ALL_ON = {f"DEV__EXEC__{service.upper()}": "true" for service in CONTAINERS}
ATTACHMENT = "aws_iam_role_policy_attachment.ecs_exec"
SESSION_LOG = "aws_iam_role_policy.ecs_exec_session_log"


def switched_on(service: str) -> set[str]:
    linux = f"aws_ecs_task_definition.{service}.container_definitions[{CONTAINERS[service]}].linuxParameters"
    return {
        f"~ aws_ecs_service.{service}.enable_execute_command",
        f"~ aws_ecs_service.{service}.triggers.execute_command",
        f"+ {linux}",
        f"+ {linux}.initProcessEnabled",
        f"+ {ATTACHMENT}.for_each.{service}",
        f"+ {SESSION_LOG}.for_each.{service}",
    }


def statements(document: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(document)["Statement"]
    return found


@pytest.mark.parametrize("toggles", list(product([False, True], repeat=3)))
def test_each_combination_of_toggles_changes_its_services_alone(
    synth: Synth, dev: Stack, toggles: tuple[bool, ...]
) -> None:
    enabled = [service for service, on in zip(CONTAINERS, toggles, strict=True) if on]
    variables = {f"DEV__EXEC__{service.upper()}": "true" for service in enabled}
    assert changes(dev, synth(**variables)) == set().union(*map(switched_on, enabled))


@pytest.mark.parametrize("environment", names())
def test_exec_is_off_everywhere_by_default(synth: Synth, environment: str) -> None:
    stack = synth(environment)
    assert [each["enable_execute_command"] for each in stack.of_type("aws_ecs_service").values()] == [False] * 3
    assert stack[ATTACHMENT]["for_each"] == stack[SESSION_LOG]["for_each"] == {}


def test_an_environment_that_says_nothing_about_exec_has_it_off() -> None:
    assert ExecSettings().enabled == ()
    assert ExecSettings().policy == "minimal"


def test_attachments_have_the_services_names_as_keys(synth: Synth) -> None:
    roles = {name: f"${{aws_iam_role.{name}_task.name}}" for name in CONTAINERS}
    for grant in (ATTACHMENT, SESSION_LOG):
        assert synth(**ALL_ON)[grant]["for_each"] == roles
        assert synth(**ALL_ON)[grant]["role"] == "${each.value}"


@pytest.mark.parametrize("service", CONTAINERS)
def test_the_task_role_is_the_one_that_gets_the_policy(dev: Stack, service: str) -> None:
    assert dev[f"aws_ecs_task_definition.{service}"]["task_role_arn"] == f"${{aws_iam_role.{service}_task.arn}}"


@pytest.mark.parametrize("environment", ["prod", "staging"])
def test_an_environment_has_the_minimal_policy(synth: Synth, environment: str) -> None:
    assert synth(environment)[ATTACHMENT]["policy_arn"] == "${aws_iam_policy.ecs_exec.arn}"


def test_dev_keeps_the_managed_policy_that_is_live(dev: Stack) -> None:
    assert dev[ATTACHMENT]["policy_arn"] == "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"


def test_the_minimal_policy_has_four_actions(synth: Synth) -> None:
    stack = synth(DEV__EXEC__POLICY="minimal")
    (statement,) = statements(stack["aws_iam_policy.ecs_exec"]["policy"])
    assert set(statement["Action"]) == {
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    }
    assert stack[ATTACHMENT]["policy_arn"] == "${aws_iam_policy.ecs_exec.arn}"


@pytest.mark.parametrize("service", CONTAINERS)
def test_a_service_starts_after_its_policy_and_session_log(dev: Stack, service: str) -> None:
    assert {ATTACHMENT, SESSION_LOG} <= set(dev[f"aws_ecs_service.{service}"]["depends_on"])


@pytest.mark.parametrize(("toggle", "trigger"), [("true", "on"), ("false", "off")])
def test_a_switch_rolls_the_tasks_by_a_trigger(synth: Synth, toggle: str, trigger: str) -> None:
    service = synth(DEV__EXEC__BACKEND=toggle)["aws_ecs_service.backend"]
    assert service["triggers"] == {"execute_command": trigger}
    assert service["force_new_deployment"] is True


TIMED = '{{ reason = "incident 4711", until = {} }}'


def test_a_reason_and_an_end_change_tags_alone(synth: Synth) -> None:
    timed = synth(DEV__EXEC__BACKEND=TIMED.format("2026-12-01T18:00:00Z"))
    tags = "aws_ecs_service.backend.tags"
    assert changes(synth(DEV__EXEC__BACKEND="true"), timed) == {f"+ {tags}.ExecReason", f"+ {tags}.ExecUntil"}


def test_past_its_end_a_toggle_is_as_if_it_were_off(synth: Synth, dev: Stack) -> None:
    assert synth(DEV__EXEC__BACKEND=TIMED.format("2025-12-01T18:00:00Z")).text == dev.text


def test_sessions_are_logged_to_a_group_of_their_own(dev: Stack) -> None:
    assert dev["aws_cloudwatch_log_group.exec_sessions"]["name"] == "/ecs/dev-davidshaevel/exec"
    assert dev["aws_ecs_cluster.cluster"]["configuration"]["execute_command_configuration"] == {
        "logging": "OVERRIDE",
        "log_configuration": {
            "cloud_watch_log_group_name": "${aws_cloudwatch_log_group.exec_sessions.name}",
            "cloud_watch_encryption_enabled": False,
        },
    }


def test_the_session_log_policy_writes_to_that_group_only(dev: Stack) -> None:
    describe, write = statements(dev[SESSION_LOG]["policy"])
    # DescribeLogGroups is asked of all groups: there is no narrower ARN that CloudWatch accepts.
    assert describe["Action"] == ["logs:DescribeLogGroups"]
    assert set(write["Action"]) == {"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"}
    assert write["Resource"] == ["${aws_cloudwatch_log_group.exec_sessions.arn}:*"]


def test_without_encryption_there_is_no_key(dev: Stack) -> None:
    assert not dev.of_type("aws_kms_key")
    assert "kms_key_id" not in dev["aws_cloudwatch_log_group.exec_sessions"]


def test_encrypted_sessions_have_a_key(synth: Synth) -> None:
    stack = synth(DEV__EXEC__ENCRYPTED="true")
    key = "${aws_kms_key.exec_sessions.arn}"
    configuration = stack["aws_ecs_cluster.cluster"]["configuration"]["execute_command_configuration"]
    assert configuration["kms_key_id"] == key
    assert configuration["log_configuration"]["cloud_watch_encryption_enabled"] is True
    assert stack["aws_cloudwatch_log_group.exec_sessions"]["kms_key_id"] == key
    assert {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [key]} in statements(stack[SESSION_LOG]["policy"])
    assert stack["aws_kms_key.exec_sessions"]["enable_key_rotation"] is True


def test_a_key_that_goes_is_gone_only_after_nothing_uses_it(synth: Synth) -> None:
    # Terraform destroys first and updates then, except what is created before it is destroyed.
    key = synth(DEV__EXEC__ENCRYPTED="true")["aws_kms_key.exec_sessions"]
    assert key["lifecycle"] == {"create_before_destroy": True}


def test_cloudwatch_may_use_the_key_for_the_session_log_only(synth: Synth) -> None:
    account, logs = statements(synth(DEV__EXEC__ENCRYPTED="true")["aws_kms_key.exec_sessions"]["policy"])
    group = "arn:aws:logs:us-east-1:123456789012:log-group:/ecs/dev-davidshaevel/exec"
    assert account["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    assert logs["Principal"] == {"Service": "logs.us-east-1.amazonaws.com"}
    assert logs["Condition"] == {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": group}}
