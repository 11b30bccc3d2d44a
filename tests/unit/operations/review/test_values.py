"""What differs between two values, by content."""

import json
from typing import Any

import pytest

from operations.review.values import differences

ENV = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]


def paths(before: Any, after: Any) -> list[str]:  # noqa: ANN401 - any JSON
    return [each.path for each in differences("x", before, after)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (1, 1, []),
        (1, 2, ["x"]),
        (None, "", []),
        ({"a": 1}, {"a": 2}, ["x.a"]),
        ({"a": None}, {}, []),
        (["a", "b"], ["b", "a"], ["x (order)"]),
        (["a", "b"], ["c", "a", "b"], ["x[]"]),
        (ENV, [*ENV[1:], *ENV[:1]], ["x (order)"]),
        (ENV, [{"name": "C", "value": "3"}, *ENV], ['x["C"]']),
        (ENV, [ENV[0], {"name": "B", "value": "9"}], ['x["B"].value']),
        ([{"path": ["/a"]}], [{"path": ["/b"]}], ["x.path[]", "x.path[]"]),
        ([{"a": "1", "b": None}], [{"a": "1", "b": ""}], []),
        (json.dumps({"a": [1]}), json.dumps({"a": [2]}, indent=2), ["x.a[]", "x.a[]"]),
        (json.dumps({"a": 1}), json.dumps({"a": 1}, indent=2), []),
        ("{not json", "{nor this", ["x"]),
    ],
)
def test_differences(before: object, after: object, expected: list[str]) -> None:
    assert paths(before, after) == expected


def test_of_a_text_only_the_lines_that_differ_are_kept() -> None:
    (difference,) = differences("x", "same\nold\n", "same\nnew\n")
    assert (difference.path, difference.before, difference.after) == ("x (lines)", "old", "new")
