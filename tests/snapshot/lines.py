"""A stack as lines of text, one per attribute, each with its resource: what a reviewer reads in `git diff`."""

import json
from collections.abc import Iterator
from typing import Any

from tests.unit.stack_json import Stack, walk

# What tells the elements of a list apart, the best first. Without a Sid the first action names an IAM statement.
_NAMES = (
    *("name", "Sid", "id", "alias", "from", "origin_id", "sourceVolume", "containerName", "containerPort"),
    *("container_name", "capacity_provider", "rulePriority", "error_code", "path_pattern", "type", "Action"),
)


def lines(stack: Stack) -> list[str]:
    """Return the attributes of a stack by resource; those of ``data``, ``output`` and the like begin with that word."""
    others = {key: value for key, value in stack.document.items() if key not in ("//", "resource")}
    document = {**stack.document["resource"], **others}
    found = [each for key in sorted(document) for each in walk(key, document[key], _by_name)]
    return [line for path, value in _filled(found) for line in _lines(path, value)]


def _filled(found: list[tuple[str, object]]) -> Iterator[tuple[str, object]]:
    """Leave out tables and lists whose contents follow."""
    for (path, value), (following, _) in zip(found, [*found[1:], ("", None)], strict=True):
        if not following.startswith((f"{path}.", f"{path}[")):
            yield path, value


def _lines(path: str, value: object) -> list[str]:
    """Return one line for a value, or one for each line of a longer text, such as a configuration file."""
    match value:
        case "{}" | "[]":
            return [f"{path} = {value}"]
        case str() if "\n" in value:
            return [f"{path}[] = {_json(each)}" for each in value.splitlines()]
        case _:
            return [f"{path} = {_json(value)}"]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _by_name(items: list[Any]) -> list[str]:
    """Name elements by what they are: an index would change with every element added before.

    Plain values have no name, because the line ends with them.
    """
    if not any(isinstance(item, dict | list) for item in items):
        return [""] * len(items)
    names = [_name(item) for item in items]
    if None in names or len(set(names)) < len(items):
        return [str(index) for index in range(len(items))]
    return [str(name) for name in names]


def _name(item: object) -> str | None:
    values = (item.get(key) for key in _NAMES) if isinstance(item, dict) else ()
    firsts = (value[0] if isinstance(value, list) and value else value for value in values)
    return next((_json(first) for first in firsts if isinstance(first, str | int)), None)
