"""What differs between two values: by content, not by index, inside lists and JSON documents."""

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# What tells the entries of a list apart, in AWS's documents.
_IDENTITIES = ("name", "Name", "Sid", "key", "Key", "id", "containerPort", "path_pattern", "domain_name")


@dataclass(frozen=True)
class Masked:
    """A value that is compared, and never shown."""

    value: Any

    def __str__(self) -> str:
        return "(sensitive)"


@dataclass(frozen=True)
class Absent:
    """No value; null is one."""


ABSENT = Absent()


@dataclass(frozen=True)
class Difference:
    """A path in a resource, with its value before and after; ABSENT if there is none."""

    path: str
    before: Any
    after: Any

    @property
    def is_sensitive(self) -> bool:
        """Whether it must not be shown."""
        return isinstance(self.before, Masked) or isinstance(self.after, Masked)


def differences(path: str, before: Any, after: Any) -> Iterator[Difference]:  # noqa: ANN401 - any JSON
    """Return every difference of two values below a path."""
    before, after = opened(before), opened(after)
    if before == after:
        return
    match before, after:
        case dict(), dict():
            for key in sorted({*before, *after}, key=str):
                yield from differences(_joined(path, key), before.get(key, ABSENT), after.get(key, ABSENT))
        case list(), list():
            yield from _of_lists(path, before, after)
        case str(), str() if "\n" in before or "\n" in after:
            yield _of_texts(path, before, after)
        case _ if not (_is_nothing(before) and _is_nothing(after)):
            yield Difference(path, before, after)


def opened(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return the document inside a string of JSON, and any other value as it is."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _of_lists(path: str, before: list[Any], after: list[Any]) -> Iterator[Difference]:
    """Leave equal entries out; compare those of one identity with each other, and the only two that are left."""
    before, after = [_pruned(each) for each in before], [_pruned(each) for each in after]
    gone, come = _left_over(before, after), _left_over(after, before)
    if before == after:
        return
    if not gone and not come:
        yield Difference(f"{path} (order)", before, after)
        return
    for old, new, label in _pairs(gone, come):
        gone.remove(old)
        come.remove(new)
        yield from differences(f"{path}{label}", old, new)
    for old in gone:
        yield Difference(f"{path}{_label(old)}", old, ABSENT)
    for new in come:
        yield Difference(f"{path}{_label(new)}", ABSENT, new)


def _pairs(gone: list[Any], come: list[Any]) -> list[tuple[Any, Any, str]]:
    found = {_identity(each): each for each in come if _identity(each)}
    pairs = [(old, found.pop(_identity(old)), _label(old)) for old in gone if _identity(old) in found]
    rest_gone = [each for each in gone if all(each is not old for old, _, _ in pairs)]
    rest_come = [each for each in come if all(each is not new for _, new, _ in pairs)]
    if len(rest_gone) == len(rest_come) == 1 and isinstance(rest_gone[0], dict) and isinstance(rest_come[0], dict):
        pairs.append((rest_gone[0], rest_come[0], ""))
    return pairs


def _left_over(these: list[Any], others: list[Any]) -> list[Any]:
    others = list(others)
    left = []
    for each in these:
        if each in others:
            others.remove(each)
        else:
            left.append(each)
    return left


def _identity(entry: Any) -> tuple[str, str] | None:  # noqa: ANN401 - any JSON
    if not isinstance(entry, dict):
        return None
    return next(((key, str(entry[key])) for key in _IDENTITIES if isinstance(entry.get(key), (str, int))), None)


def _label(entry: Any) -> str:  # noqa: ANN401 - any JSON
    identity = _identity(entry)
    return f'["{identity[1]}"]' if identity else "[]"


def _of_texts(path: str, before: str, after: str) -> Difference:
    """Keep the lines that differ."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    old, new = ([line[2:] for line in lines if line.startswith(sign)] for sign in ("- ", "+ "))
    return Difference(f"{path} (lines)", "\n".join(old) if old else ABSENT, "\n".join(new) if new else ABSENT)


def _is_nothing(value: Any) -> bool:  # noqa: ANN401 - any JSON
    """Whether the provider takes it for no value: it writes the same thing in several ways."""
    return value is ABSENT or value is None or value in ("", [], {})


def _pruned(entry: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return an entry without what has no value, so that entries can be compared."""
    if not isinstance(entry, dict):
        return entry
    return {key: inner for key, inner in entry.items() if not _is_nothing(inner)}


def _joined(path: str, key: Any) -> str:  # noqa: ANN401 - any JSON's key
    return f"{path}.{key}" if path else str(key)
