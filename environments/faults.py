"""Faults of settings in plain English, as lines of a report."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from environments.base import FaultBelow, format_value, join_choices, look_alike, nearest
from environments.exec_access import Toggle
from environments.schema import Key, Path, annotation_at, keys_at

_BARE_KEY = re.compile(r"[\w-]+", re.ASCII)
# By the first word of pydantic's error types. Source: https://docs.pydantic.dev/latest/errors/validation_errors/
_EXPECTED = {
    "int": "a whole number",
    "finite": "a whole number",
    "bool": "true or false",
    "string": "a text in quotes",
    "literal": "one of its choices",
    "tuple": "a list in brackets",
    "dict": "a table",
    "model": "a table",
}
_KEY = "[key]"
"""What pydantic adds to the path of a key that is wrong itself."""


class Fault(NamedTuple):
    """What is wrong with the value at a path; `variable` is the environment variable it came from, if any."""

    path: Path
    message: str
    variable: str | None = None

    def __str__(self) -> str:
        """Return the fault as a line of a report."""
        source = f" (from {format_value(self.variable)})" if self.variable else ""
        return f"{dotted(self.path)}{source}: {self.message}"


def dotted(path: Path) -> str:
    """Return a path as in `services.backend.port` and `network.zones[1]`."""
    parts = (f"[{key}]" if isinstance(key, int) else f".{_quoted(key)}" for key in path)
    return "".join(parts).removeprefix(".")


def _quoted(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=not key.isprintable())


def unknown_key(path: Path, kind: str | None = None) -> Fault:
    """Return the fault of a key that its table does not have, with the nearest one that it has."""
    known, key = list(keys_at(path[:-1], kind)), str(path[-1])
    advice = nearest(key, known) if known else f"{dotted(path[:-1])} is a single value"
    return Fault(path, f"unknown key{look_alike(key)}; {advice}")


def faults_of(error: ValidationError, variables: Mapping[Path, str]) -> Iterator[Fault]:
    """Return the faults of a validation; `variables` are the overrides, by the path each one sets."""
    for details in error.errors(include_url=False):
        path, kind = _place(_without_mark(details))
        for below, message in _messages(details, path, kind):
            full = (*path, *below)
            yield Fault(full, message, _variable(full, variables))


def _without_mark(details: ErrorDetails) -> tuple[Key, ...]:
    """Return the location without pydantic's mark; a key of the user's may be the same text."""
    *before, last = details["loc"]
    marked = last == _KEY and before and details["input"] == before[-1] and details["type"] != "extra_forbidden"
    return tuple(before) if marked else details["loc"]


def _place(loc: tuple[Key, ...]) -> tuple[Path, str | None]:
    """Return the path as in the file, and the kind of service or toggle: pydantic writes it behind the name."""
    if len(loc) > 2 and (loc[0] == "services" or annotation_at(loc[:2]) is Toggle):  # noqa: PLR2004 - the kind
        return (*loc[:2], *loc[3:]), str(loc[2])
    return loc, None


def _variable(path: Path, variables: Mapping[Path, str]) -> str | None:
    prefixes = (path[:length] for length in range(len(path), 0, -1))
    return next((variables[prefix] for prefix in prefixes if prefix in variables), None)


def _messages(details: ErrorDetails, path: Path, kind: str | None) -> Iterator[tuple[Path, str]]:
    value = details["input"]
    match details["type"]:
        case "value_error":
            for fault in details["ctx"]["error"].args:
                yield fault if isinstance(fault, FaultBelow) else ((), fault)
        case "missing":
            yield (), _missing(path, kind)
        case "extra_forbidden":
            yield (), unknown_key(path, kind).message
        case "union_tag_invalid":
            expected = details["ctx"]["expected_tags"].replace("'", "").split(", ")
            yield (
                ("kind",),
                f"{format_value(details['ctx']['tag'])} is not a choice here; choose {join_choices(expected)}",
            )
        case "literal_error":
            yield (
                (),
                f"{format_value(value)} is not a choice here; choose {details['ctx']['expected'].replace(chr(39), '')}",
            )
        case type_:
            yield (), f"{format_value(value)} is not {_EXPECTED.get(type_.split('_')[0], 'a value it takes')}"


def _missing(path: Path, kind: str | None) -> str:
    field = keys_at(path[:-1], kind)[str(path[-1])]
    if field.examples:
        example = field.examples[0]
        text = format_value(example) if isinstance(example, datetime) else json.dumps(example)
        return f"missing; add a line such as {path[-1]} = {text}"
    return f"missing; add the table [{dotted(path)}] with {', '.join(keys_at(path))}"
