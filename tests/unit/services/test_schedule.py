"""A job: what runs its task, when, and with which permissions."""

import json
from typing import Any

from tests.unit.kinds import Kinds
from tests.unit.stack_json import Stack

SCHEDULE = "aws_scheduler_schedule.nightly"
CLUSTER = "${aws_ecs_cluster.cluster.arn}"


def parameters(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = stack[SCHEDULE]["target"]["ecs_parameters"]
    return found


def test_a_schedule_runs_one_task_at_its_times(platform: Stack) -> None:
    schedule = platform[SCHEDULE]
    assert (schedule["name"], schedule["schedule_expression"]) == ("dev-acme-nightly", "cron(0 3 * * ? *)")
    assert schedule["flexible_time_window"] == {"mode": "OFF"}
    assert schedule["target"]["arn"] == CLUSTER
    assert parameters(platform)["task_count"] == 1


def test_a_task_runs_in_the_private_subnets(platform: Stack) -> None:
    network = parameters(platform)["network_configuration"]
    assert network["assign_public_ip"] is False
    assert network["subnets"] == [f"${{aws_subnet.network_private_app_{number}.id}}" for number in (1, 2)]
    assert network["security_groups"] == ["${aws_security_group.security_groups_nightly.id}"]


def test_the_latest_revision_runs_if_ci_deploys_it(platform: Stack) -> None:
    revision = "${aws_ecs_task_definition.nightly.arn_without_revision}"
    assert parameters(platform)["task_definition_arn"] == revision


def test_terraforms_revision_runs_if_it_deploys_it(kinds: Kinds) -> None:
    stack = kinds(nightly={"deployed_by": "terraform"})
    revision = "${aws_ecs_task_definition.nightly.arn}"
    assert parameters(stack)["task_definition_arn"] == revision
    run, _ = json.loads(stack["aws_iam_role_policy.nightly_scheduler"]["policy"])["Statement"]
    assert run["Resource"] == [revision]


def test_a_job_may_run_on_spot(kinds: Kinds, platform: Stack) -> None:
    spot = parameters(kinds(nightly={"capacity_provider": "FARGATE_SPOT"}))
    assert spot["capacity_provider_strategy"] == [{"capacity_provider": "FARGATE_SPOT", "weight": 1}]
    assert "launch_type" not in spot
    assert parameters(platform)["launch_type"] == "FARGATE"


def test_only_the_scheduler_of_this_account_may_run_it(platform: Stack) -> None:
    (trust,) = json.loads(platform["aws_iam_role.nightly_scheduler"]["assume_role_policy"])["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_its_role_may_run_this_task_here_and_nothing_else(platform: Stack) -> None:
    document = json.loads(platform["aws_iam_role_policy.nightly_scheduler"]["policy"])
    assert document["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["ecs:RunTask"],
            "Resource": ["${aws_ecs_task_definition.nightly.arn_without_revision}:*"],
            "Condition": {"ArnEquals": {"ecs:cluster": CLUSTER}},
        },
        {
            "Effect": "Allow",
            "Action": ["iam:PassRole"],
            "Resource": ["${aws_iam_role.task_execution.arn}", "${aws_iam_role.nightly_task.arn}"],
            "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        },
    ]


def test_no_task_runs_before_its_role_may(platform: Stack) -> None:
    needed = {"aws_iam_role_policy.nightly_scheduler", "aws_iam_role_policy_attachment.task_execution"}
    assert needed <= set(platform[SCHEDULE]["depends_on"])
