"""IAM as permissions, security groups as openings, ECS Exec as a matrix."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from operations.review.exposure import exposures
from operations.review.moves import with_moves
from operations.review.rules import RULES
from operations.review.verdict import Cell, EnvironmentReview
from rules.configuration import Configuration
from rules.iam import Permissions, in_words
from rules.openings import openings
from tests.unit.operations.review.plans import configuration


def policy(*statements: dict[str, Any], name: str = "ci") -> Configuration:
    documents = [{"Effect": "Allow", "Resource": "r", **each} for each in statements]
    return configuration(aws_iam_policy={name: {"policy": json.dumps({"Statement": documents})}})


def won(before: Configuration, after: Configuration) -> list[str]:
    return in_words(Permissions.of(after).beyond(Permissions.of(before)))


def test_a_new_action_is_won_and_no_other() -> None:
    before, after = policy({"Action": "s3:GetObject"}), policy({"Action": ["s3:GetObject", "s3:PutObject"]})
    assert won(before, after) == ["aws_iam_policy.ci: s3:PutObject on r"]
    assert won(after, before) == []


def test_other_words_for_the_same_win_nothing() -> None:
    split = policy({"Action": ["a:B"], "Sid": "One"}, {"Action": ["a:C"]})
    assert won(split, policy({"Action": ["a:C", "a:B"]})) == []


def test_a_narrower_action_is_not_won_and_the_wide_one_is_lost() -> None:
    wide, narrow = policy({"Action": "s3:*"}), policy({"Action": "s3:GetObject"})
    assert won(wide, narrow) == []
    assert won(narrow, wide) == ["aws_iam_policy.ci: s3:* on r"]


def test_a_condition_that_goes_wins_something() -> None:
    condition = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    assert won(policy({"Action": "a:B", "Condition": condition}), policy({"Action": "a:B"})) != []


def test_a_policy_that_moves_wins_nothing() -> None:
    before, after = policy({"Action": "a:B"}), policy({"Action": "a:B"}, name="new")
    moved = Configuration({**after.document, "moved": [{"from": "aws_iam_policy.ci", "to": "aws_iam_policy.new"}]})
    assert won(with_moves(before, moved), moved) == []


def test_a_policy_of_terraform_s_making_is_unreadable() -> None:
    stack = configuration(aws_iam_policy={"ci": {"policy": "${data.aws_iam_policy_document.ci.json}"}})
    assert list(Permissions.of(stack).unreadable) == ["aws_iam_policy.ci"]


def test_attachments_of_for_each_have_their_roles() -> None:
    attachment = {"for_each": {"a": "${aws_iam_role.a_task.name}"}, "role": "${each.value}", "policy_arn": "arn:aws:x"}
    stack = configuration(aws_iam_role_policy_attachment={"exec": attachment})
    assert won(configuration(), stack) == ["aws_iam_role.a_task: the policy arn:aws:x"]


def rule(**arguments: Any) -> Configuration:  # noqa: ANN401 - any argument
    given = {"security_group_id": "${aws_security_group.a.id}", "ip_protocol": "tcp", "from_port": 22, "to_port": 22}
    return configuration(aws_vpc_security_group_ingress_rule={"x": {**given, **arguments}})


@pytest.mark.parametrize(
    ("stack", "expected", "public"),
    [
        (rule(cidr_ipv4="0.0.0.0/0"), "aws_security_group.a: ingress tcp 22 from 0.0.0.0/0 (everyone)", True),
        (rule(cidr_ipv6="::/0"), "aws_security_group.a: ingress tcp 22 from ::/0 (everyone)", True),
        (rule(cidr_ipv4="10.0.0.0/8", to_port=30), "aws_security_group.a: ingress tcp 22-30 from 10.0.0.0/8", False),
        (
            rule(referenced_security_group_id="${aws_security_group.b.id}", ip_protocol="-1"),
            "aws_security_group.a: ingress all traffic from aws_security_group.b",
            False,
        ),
        (
            rule(prefix_list_id="${data.aws_ec2_managed_prefix_list.cloudfront.id}"),
            "aws_security_group.a: ingress tcp 22 from data.aws_ec2_managed_prefix_list.cloudfront",
            False,
        ),
        (
            configuration(
                aws_security_group={
                    "a": {"ingress": [{"from_port": 1, "to_port": 1, "protocol": "udp", "cidr_blocks": ["0.0.0.0/0"]}]}
                }
            ),
            "aws_security_group.a: ingress udp 1 from 0.0.0.0/0 (everyone)",
            True,
        ),
        (
            configuration(aws_db_instance={"db": {"publicly_accessible": True}}),
            "aws_db_instance.db: ingress a public address from 0.0.0.0/0 (everyone)",
            True,
        ),
    ],
)
def test_an_opening(stack: Configuration, expected: str, public: bool) -> None:
    (opening,) = openings(stack)
    assert (str(opening), opening.is_public) == (expected, public)


def service(
    on: bool, *, policies: tuple[str, ...] = (), key: str | None = None, tags: Mapping[str, str] | None = None
) -> Configuration:
    sessions = {
        "kms_key_id": key,
        "log_configuration": {"cloud_watch_log_group_name": "${aws_cloudwatch_log_group.l.name}"},
    }
    return configuration(
        aws_ecs_cluster={"c": {"configuration": {"execute_command_configuration": sessions}}},
        aws_cloudwatch_log_group={"l": {"name": "/sessions"}},
        aws_ecs_task_definition={"t": {"task_role_arn": "${aws_iam_role.r.arn}"}},
        aws_iam_role_policy_attachment={
            f"a{index}": {"role": "${aws_iam_role.r.name}", "policy_arn": arn} for index, arn in enumerate(policies)
        },
        aws_ecs_service={
            "web": {
                "enable_execute_command": on,
                "cluster": "${aws_ecs_cluster.c.id}",
                "task_definition": "${aws_ecs_task_definition.t.arn}",
                "tags": tags or {},
            }
        },
    )


WHY = {"ExecReason": "incident 4711", "ExecUntil": "2026-12-01T18:00:00Z"}
SSM = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        (service(False), "off"),
        (service(False, policies=(SSM,)), "off, with the policy AmazonSSMManagedInstanceCore"),
        (service(True), "on, no policy, not encrypted, log /sessions"),
        (
            service(True, tags=WHY),
            "on until 2026-12-01T18:00:00Z (incident 4711), no policy, not encrypted, log /sessions",
        ),
        (service(True, policies=(SSM,), key="k"), "on, policy AmazonSSMManagedInstanceCore, encrypted, log /sessions"),
    ],
)
def test_exposure(stack: Configuration, expected: str) -> None:
    assert str(exposures(stack)["web"]) == expected


def fires(name: str, environment: EnvironmentReview, cells: dict[str, Cell] | None = None) -> bool:
    return any(RULES[name](environment, cells or {}))


@pytest.mark.parametrize("action", ["s3:*", "*", "s3:Get*"])
def test_a_wildcard_action_is_refused(action: str) -> None:
    permissions = Permissions.of(policy({"Action": action}))
    assert fires("iam-wildcard", EnvironmentReview("dev", won=tuple(permissions.granted)))


@pytest.mark.parametrize(
    ("statement", "refused"),
    [
        ({"Action": "s3:GetObject", "Resource": "*"}, True),
        ({"NotAction": "iam:*", "Resource": "r"}, True),
        ({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}, False),
        # AWS takes no narrower resource for these.
        ({"Action": "ssmmessages:OpenDataChannel", "Resource": "*"}, False),
        ({"Action": "s3:*", "Resource": "*", "Effect": "Deny"}, False),
    ],
)
def test_a_wildcard_resource(statement: dict[str, Any], refused: bool) -> None:
    permissions = Permissions.of(policy(statement))
    assert fires("iam-wildcard", EnvironmentReview("dev", won=tuple(permissions.granted))) == refused


@pytest.mark.parametrize(("principal", "refused"), [("*", True), ({"AWS": "arn:aws:iam::123456789012:root"}, False)])
def test_a_key_for_everyone_is_refused(principal: object, refused: bool) -> None:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}
    key = configuration(aws_kms_key={"k": {"policy": json.dumps({"Statement": [statement]})}})
    permissions = Permissions.of(key)
    assert fires("iam-wildcard", EnvironmentReview("dev", won=tuple(permissions.granted))) == refused


def test_the_policy_of_another_role_exposes_nothing() -> None:
    stack = service(True, policies=(SSM,))
    (attachment,) = stack.content["resource"]["aws_iam_role_policy_attachment"].values()
    attachment["role"] = "${aws_iam_role.other.name}"
    assert "no policy" in str(exposures(Configuration(stack.content))["web"])


@pytest.mark.parametrize(
    ("name", "tag", "refused"), [("prod", None, True), ("live", "Production", True), ("dev", "dev", False)]
)
def test_exec_in_production(name: str, tag: str | None, refused: bool) -> None:
    cells = {"web": Cell(exposures(service(False))["web"], exposures(service(True))["web"])}
    assert fires("exec-in-prod", EnvironmentReview(name, environment_tag=tag), cells) == refused


def test_exec_that_was_on_before_is_no_news() -> None:
    on = exposures(service(True))["web"]
    assert not fires("exec-in-prod", EnvironmentReview("prod"), {"web": Cell(on, on)})
