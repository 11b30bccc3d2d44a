"""The policy of those who may open ECS Exec sessions."""

import json
from typing import Any

import pytest

from environments import load
from operations.operator_policy import exec_policy
from tests.unit.stack_json import Stack, Synth, changes

POLICY = "aws_iam_policy.exec_operator"
CHOSEN = {"DEV__EXEC__OPERATOR_POLICY": "true"}
ON = {"DEV__EXEC__BACKEND": "true", "DEV__EXEC__PROMETHEUS": "true"}
TAGS = {"DEV__EXEC__OPERATOR_TAGS__Team": "oncall", "DEV__EXEC__OPERATOR_TAGS__Project": "davidshaevel"}
TAGGED = {"aws:PrincipalTag/Team": "oncall", "aws:PrincipalTag/Project": "davidshaevel"}


def statements(stack: Stack) -> dict[str, dict[str, Any]]:
    return {each["Sid"]: each for each in json.loads(stack[POLICY]["policy"])["Statement"]}


def test_there_is_no_policy_unless_it_is_chosen(dev: Stack) -> None:
    assert POLICY not in dev.addresses
    assert "exec_operator_policy" not in dev.outputs


def test_the_choice_changes_nothing_else(dev: Stack, synth: Synth) -> None:
    changed = {change.split()[1] for change in changes(dev, synth(**CHOSEN))}
    assert all(path.startswith((POLICY, "output.exec_operator_policy")) for path in changed)


def test_it_names_the_services_that_are_on(synth: Synth) -> None:
    start = statements(synth(**CHOSEN, **ON))["StartSessions"]
    assert start["Condition"] == {"StringEquals": {"ecs:container-name": ["backend", "prometheus"]}}


def test_with_every_service_off_it_only_reads(synth: Synth) -> None:
    actions = {action for each in statements(synth(**CHOSEN)).values() for action in each["Action"]}
    assert actions == {"ecs:DescribeServices", "ecs:DescribeTasks", "ecs:ListTasks", "ecs:DescribeTaskDefinition"}


def test_a_toggle_with_an_end_ends_in_the_policy_too(synth: Synth) -> None:
    timed = {"DEV__EXEC__FRONTEND": '{ reason = "incident 4711", until = 2126-12-01T18:00:00Z }'}
    found = statements(synth(**CHOSEN, **ON, **timed))
    assert found["StartSessions"]["Condition"]["StringEquals"]["ecs:container-name"] == ["backend", "prometheus"]
    assert found["StartSessionsUntil21261201T180000Z"]["Condition"] == {
        "StringEquals": {"ecs:container-name": ["frontend"]},
        "DateLessThan": {"aws:CurrentTime": "2126-12-01T18:00:00Z"},
    }


def test_a_switch_changes_the_policy_in_place(synth: Synth) -> None:
    before, after = synth(**CHOSEN), synth(**CHOSEN, **ON)
    assert {key for key, value in before[POLICY].items() if after[POLICY][key] != value} == {"policy"}


def test_whoever_starts_or_resumes_a_session_has_the_tags(synth: Synth) -> None:
    found = statements(synth(**CHOSEN, **ON, **TAGS))
    assert found["StartSessions"]["Condition"]["StringEquals"].items() >= TAGGED.items()
    assert found["UseAndEndSessions"]["Condition"] == {"StringEquals": TAGGED}


@pytest.mark.parametrize("encrypted", ["false", "true"])
def test_it_is_the_printed_policy_narrowed(synth: Synth, encrypted: str) -> None:
    variables = {**CHOSEN, **ON, **TAGS, "DEV__EXEC__ENCRYPTED": encrypted}
    printed = {each["Sid"]: each for each in exec_policy(load("dev", variables=variables))["Statement"]}
    made = statements(synth(**variables))
    assert made.keys() == printed.keys()
    for sid, statement in made.items():
        assert statement | {"Condition": ...} == printed[sid] | {"Condition": ...}
        assert statement.get("Condition") == printed[sid].get("Condition") or sid in (
            "StartSessions",
            "UseAndEndSessions",
        )


def test_the_outputs_have_its_arn_and_its_document(synth: Synth) -> None:
    stack = synth(**CHOSEN, **ON)
    assert stack.outputs["exec_operator_policy_arn"] == f"${{{POLICY}.arn}}"
    assert stack.outputs["exec_operator_policy"] == stack[POLICY]["policy"]
