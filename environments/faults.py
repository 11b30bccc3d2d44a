"""Faults of settings in plain English, and the report a person reads."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from environments.base import either, section_of, shown
from environments.environment import Environment

Key = str | int
Path = tuple[Key, ...]

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


class SettingsError(Exception):
    """Settings that cannot be used; its text is the finished report, one line per fault."""


class Fault(NamedTuple):
    """What is wrong with the value at a path; `variable` is the environment variable it came from, if any."""

    path: Path
    message: str
    variable: str | None = None

    def __str__(self) -> str:
        """Return the fault as a line of a report."""
        source = f" (from {shown(self.variable)})" if self.variable else ""
        return f"{dotted(self.path)}{source}: {self.message}"


def report(source: str, faults: Iterable[object]) -> SettingsError:
    """Return the error that tells every fault of a source."""
    lines = [f"  {fault}" for fault in faults]
    return SettingsError("\n".join([f"{source}: {len(lines)} error{'s' if len(lines) > 1 else ''}", *lines]))


def dotted(path: Path) -> str:
    """Return a path as in `services.backend.port` and `network.zones[1]`."""
    parts = (f"[{key}]" if isinstance(key, int) else f".{_quoted(key)}" for key in path)
    return "".join(parts).removeprefix(".")


def _quoted(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=not key.isprintable())


def keys_at(path: Path) -> Mapping[str, FieldInfo]:
    """Return the keys that the table at a path may have; none where the path is not a section's."""
    fields: Mapping[str, FieldInfo] = {key: field for key, field in Environment.model_fields.items() if key != "name"}
    for key in path:
        section = section_of(fields[key]) if isinstance(key, str) and key in fields else None
        fields = section.model_fields if section else {}
    return fields


def unknown_key(path: Path) -> Fault:
    """Return the fault of a key that its table does not have, with the nearest one that it has."""
    known = list(keys_at(path[:-1]))
    near = difflib.get_close_matches(str(path[-1]), known, n=1)
    if not known:
        return Fault(path, f"unknown key; {dotted(path[:-1])} is a single value")
    return Fault(path, f"unknown key; did you mean {near[0]}?" if near else f"unknown key; choose {either(known)}")


def faults_of(error: ValidationError, variables: Mapping[Path, str]) -> Iterator[Fault]:
    """Return the faults of a validation; `variables` are the overrides, by the path each one sets."""
    for details in error.errors(include_url=False):
        path = details["loc"][:2] if details["loc"][0] == "tags" else details["loc"]  # pydantic adds "[key]"
        prefixes = (path[:length] for length in range(len(path), 0, -1))
        variable = next((variables[prefix] for prefix in prefixes if prefix in variables), None)
        for message in _messages(details):
            yield Fault(path, message, variable)


def _messages(details: ErrorDetails) -> list[str]:
    path, value = details["loc"], details["input"]
    match details["type"]:
        case "value_error":
            return list(details["ctx"]["error"].args)
        case "missing":
            return [_missing(path)]
        case "extra_forbidden":
            return [unknown_key(path).message]
        case "literal_error":
            return [f"{shown(value)} is not a choice here; choose {details['ctx']['expected'].replace(chr(39), '')}"]
        case kind:
            return [f"{shown(value)} is not {_EXPECTED.get(kind.split('_')[0], 'a value it takes')}"]


def _missing(path: Path) -> str:
    field = keys_at(path[:-1])[str(path[-1])]
    if field.examples:
        return f"missing; add a line such as {path[-1]} = {json.dumps(field.examples[0])}"
    return f"missing; add the table [{dotted(path)}] with {', '.join(keys_at(path))}"
