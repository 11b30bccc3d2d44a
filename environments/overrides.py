"""Environment variables that override single settings of one environment for one run: `DEV__EXEC__BACKEND=true`."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import NamedTuple, get_args, get_origin

from environments.base import format_value
from environments.exec_access import Toggle
from environments.faults import Fault, unknown_key
from environments.schema import Path, annotation_at, keys_at, sections_of, values_of

_SEPARATOR = "__"


class Override(NamedTuple):
    """A value for a path, and the variable it came from."""

    variable: str
    path: Path
    value: object

    def apply(self, document: dict[str, object]) -> None:
        """Set the value in a document read from TOML."""
        table: object = document
        for length, key in enumerate(self.path[:-1], start=1):
            if isinstance(table, dict) and annotation_at(self.path[:length]) is Toggle and key in table:
                # true and false have no reason and no end: the table takes their place.
                table[key] = table[key] if isinstance(table[key], dict) else {}
            # What the file has instead of a table is the file's own fault, and reported as that.
            table = table.setdefault(str(key), {}) if isinstance(table, dict) else None
        if isinstance(table, dict):
            table[self.path[-1]] = self.value


def variable_of(environment: str, *path: str) -> str:
    """Return the variable that overrides a setting of an environment."""
    return _SEPARATOR.join(word.upper().replace("-", "_") for word in (environment, *path))


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
        if not _is_key(path[:length]):
            return unknown_key(path[:length])._replace(variable=variable)
    if _is_toml(path, text):
        try:
            return Override(variable, path, _toml_value(text))
        except (ValueError, RecursionError):
            return Fault(
                path,
                f'{format_value(text)} is not a TOML value; write lists as ["a", "b"], tables as {{a = 1}}',
                variable,
            )
    return Override(variable, path, text)


def _path(words: Sequence[str]) -> Path:
    path: Path = ()
    for index, word in enumerate(words):
        values = values_of(annotation_at(path))
        if values is not None and not sections_of(values):
            # Keys of tags and of a container's variables: their case counts, and they may have the separator in them.
            return (*path, _SEPARATOR.join(words[index:]))
        # Names of services and routes have hyphens, which a shell's variable cannot have.
        path = (*path, word.lower() if values is None else word.lower().replace("_", "-"))
    return path


def _is_key(path: Path) -> bool:
    # "name" is a field of an environment, but no key of its file.
    return annotation_at(path) is not None and (len(path) > 1 or path[0] in keys_at(()))


def _is_toml(path: Path, text: str) -> bool:
    annotation = annotation_at(path)
    if annotation is Toggle:
        return text.lstrip().startswith("{")
    # A list or a table that may be left out is one of two parts.
    parts = {get_origin(part) for part in (annotation, *get_args(annotation))}
    return bool(sections_of(annotation) or parts & {tuple, dict})


def _toml_value(text: str) -> object:
    document = tomllib.loads(f"value = {text}")
    if len(document) > 1:
        raise ValueError("more than one value")
    return document["value"]
