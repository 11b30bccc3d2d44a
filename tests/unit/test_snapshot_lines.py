"""Snapshots name what changes: each line has its resource, and a change moves no other line."""

import json

import pytest

from tests.snapshot.lines import lines
from tests.unit.stack_json import Stack, Synth


def of(**arguments: object) -> list[str]:
    """Return the lines of a resource, without its address."""
    stack = Stack(json.dumps({"resource": {"aws_x": {"y": arguments}}}))
    return [line.removeprefix("aws_x.y.") for line in lines(stack)]


def test_a_toggle_is_lines_of_that_service(synth: Synth) -> None:
    changed = set(lines(synth(DEV__EXEC__BACKEND="true"))) - set(lines(synth()))
    assert "aws_ecs_service.backend.enable_execute_command = true" in changed
    assert all("backend" in line for line in changed)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a", ['value = "a"']),
        (None, ["value = null"]),
        ({}, ["value = {}"]),
        ([], ["value = []"]),
        ({"b": 1, "a": True}, ["value.a = true", "value.b = 1"]),
        (["b", "a"], ['value[] = "b"', 'value[] = "a"']),
        ('{"Version": "1"}', ['value.Version = "1"']),
        ("one:\n  two", ['value[] = "one:"', 'value[] = "  two"']),
        ([{"name": "init"}], ['value["init"].name = "init"']),
        (
            [{"Action": ["s3:Get", "s3:List"]}],
            ['value["s3:Get"].Action[] = "s3:Get"', 'value["s3:Get"].Action[] = "s3:List"'],
        ),
        ([{"Sid": "Read", "Action": "s3:Get"}], ['value["Read"].Action = "s3:Get"', 'value["Read"].Sid = "Read"']),
        ([{"ttl": 1}, {"ttl": 2}], ["value[0].ttl = 1", "value[1].ttl = 2"]),
        ([{"name": "a"}, {"name": "a"}], ['value[0].name = "a"', 'value[1].name = "a"']),
    ],
)
def test_a_value_is_shown_as(value: object, shown: list[str]) -> None:
    assert of(value=value) == shown


def test_an_element_in_front_changes_no_other_line() -> None:
    containers = [{"name": "app", "image": "app:1"}]
    before = of(containers=json.dumps(containers))
    after = of(containers=json.dumps([{"name": "init", "image": "init:1"}, *containers]))
    assert set(before) < set(after)


def test_the_comments_of_cdktf_are_left_out() -> None:
    assert of(**{"//": {"metadata": {}}, "name": "a"}) == ['name = "a"']


def test_lines_are_in_the_order_of_their_resources(dev: Stack) -> None:
    addresses = [".".join(line.split(" = ")[0].split(".")[:2]) for line in lines(dev) if line.startswith("aws_")]
    assert addresses == sorted(addresses)
