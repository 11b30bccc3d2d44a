"""Environment variables that override single settings of one environment for one run: `DEV__EXEC__BACKEND=true`."""

import tomllib
from collections.abc import Mapping
from typing import NamedTuple, get_origin

from environments.base import section_of, shown
from environments.faults import Fault, Path, keys_at, unknown_key

_SEPARATOR = "__"


class Override(NamedTuple):
    """A value for a path, and the variable it came from."""

    variable: str
    path: Path
    value: object

    def apply(self, document: dict[str, object]) -> None:
        """Set the value in a document read from TOML."""
        table: object = document
        for key in self.path[:-1]:
            # What the file has instead of a table is the file's own fault, and reported as that.
            table = table.setdefault(str(key), {}) if isinstance(table, dict) else None
        if isinstance(table, dict):
            table[self.path[-1]] = self.value


def overrides_of(name: str, variables: Mapping[str, str]) -> tuple[list[Override], list[Fault]]:
    """Return the overrides of an environment, and the faults of those that name no setting or cannot be read.

    The variable starts with the environment's name in capitals, hyphens as `_`, so that it reaches no other one.
    A wider override comes before a narrower one. Lists and tables are in TOML's syntax, all else is plain text.
    """
    start = f"{name.upper().replace('-', '_')}{_SEPARATOR}"
    overrides, faults = [], []
    for variable in sorted(key for key in variables if key.startswith(start)):
        found = _override(variable, variable.removeprefix(start).split(_SEPARATOR), variables[variable])
        if isinstance(found, Override):
            overrides.append(found)
        else:
            faults.append(found)
    return overrides, faults


def _override(variable: str, words: list[str], text: str) -> Override | Fault:
    path = _path(words)
    for length in range(1, len(path) + 1):
        if path[0] != "tags" and path[length - 1] not in keys_at(path[: length - 1]):
            return unknown_key(path[:length])._replace(variable=variable)
    if not _is_scalar(path):
        try:
            return Override(variable, path, _toml_value(text))
        except (ValueError, RecursionError):
            return Fault(
                path, f'{shown(text)} is not a TOML value; write lists as ["a", "b"], tables as {{a = 1}}', variable
            )
    return Override(variable, path, text)


def _path(words: list[str]) -> Path:
    # The keys of tags are the user's own: their case counts, and they may have the separator in them.
    if words[0].lower() == "tags" and len(words) > 1:
        return ("tags", _SEPARATOR.join(words[1:]))
    return tuple(word.lower() for word in words)


def _is_scalar(path: Path) -> bool:
    if path[0] == "tags":
        return len(path) > 1
    field = keys_at(path[:-1])[str(path[-1])]
    return section_of(field) is None and get_origin(field.annotation) is not tuple


def _toml_value(text: str) -> object:
    document = tomllib.loads(f"value = {text}")
    if len(document) > 1:
        raise ValueError("more than one value")
    return document["value"]
