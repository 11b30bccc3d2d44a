"""Environment variables that override single settings of one environment for one run: `DEV__EXEC__BACKEND=true`."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import NamedTuple, get_args, get_origin

from environments.base import format_value
from environments.exec_access import EXAMPLE_END, RESERVED_KEYS, Toggle
from environments.faults import Fault, unknown_key
from environments.schema import Path, annotation_at, keys_at, sections_of, values_of

SEPARATOR = "__"
BREAK_GLASS = "break-glass"
"""No setting: the variable of this name opens one service for a while (`environments.break_glass`)."""


class Override(NamedTuple):
    """A value for a path, and the variable it came from."""

    variable: str
    path: Path
    value: object
    is_break_glass: bool = False
    """Whether it opens a shell for a while, which a protected environment allows."""

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
    return SEPARATOR.join(map(in_capitals, (environment, *path)))


def in_capitals(word: str) -> str:
    """Return a word of a setting's path, or an environment's name, as it is in a variable."""
    return word.upper().replace("-", "_")


def overrides_of(name: str, variables: Mapping[str, str]) -> tuple[list[Override], list[Fault]]:
    """Return the overrides of an environment, and the faults of those that name no setting or cannot be read.

    The variable starts with the environment's name in capitals, hyphens as `_`, so that it reaches no other one.
    A wider override comes before a narrower one. Lists and tables are in TOML's syntax, all else is plain text.
    """
    start = f"{in_capitals(name)}{SEPARATOR}"
    overrides, faults = [], []
    for variable in sorted(key for key in variables if key.startswith(start)):
        found = _override(variable, variable.removeprefix(start).split(SEPARATOR), variables[variable])
        if isinstance(found, Override):
            overrides.append(found)
        else:
            faults.append(found)
    return overrides, faults


def _override(variable: str, words: list[str], text: str) -> Override | Fault:
    if words == [in_capitals(BREAK_GLASS)]:
        return _break_glass(variable, text)
    path = path_of(words)
    for length in range(1, len(path) + 1):
        if not is_key(path[:length]):
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
    # Exactly these: any other text is refused as it is in a file.
    booleans = {"true": True, "false": False} if annotation_at(path) in (bool, Toggle) else {}
    return Override(variable, path, booleans.get(text, text))


def _break_glass(variable: str, text: str) -> Override | Fault:
    try:
        value = _toml_value(text)
    except (ValueError, RecursionError):
        value = text
    if isinstance(value, dict) and len(value) == 1:
        ((service, toggle),) = value.items()
        if isinstance(toggle, dict) and service not in RESERVED_KEYS:
            return Override(variable, ("exec", service), toggle, is_break_glass=True)
    shape = f'{{ backend = {{ reason = "incident 4711", until = {format_value(EXAMPLE_END)} }} }}'
    return Fault(("exec",), f"{format_value(value)} is not one service and its toggle; write {shape}", variable)


def path_of(words: Sequence[str]) -> Path:
    """Return the path that the words of a variable stand for, whether there is such a setting or not."""
    path: Path = ()
    for index, word in enumerate(words):
        values = values_of(annotation_at(path))
        if keeps_case(path):
            return (*path, SEPARATOR.join(words[index:]))
        key = word.lower()
        # Names of services and routes have hyphens, which a shell's variable cannot have.
        path = (*path, key if values is None or key in keys_at(path) else key.replace("_", "-"))
    return path


def keeps_case(path: Path) -> bool:
    """Whether the keys below a path are any texts: of tags and of a container's variables, separators among them."""
    values = values_of(annotation_at(path))
    return values is not None and not sections_of(values)


def is_key(path: Path) -> bool:
    """Whether a path is that of a setting, or of a table of settings."""
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
