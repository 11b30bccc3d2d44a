"""Part of check 3: which lines of a log begin an error, in the formats of the platform's languages."""

import json
import re
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import TypeVar

Origin = TypeVar("Origin")


class _Kind(Enum):
    """What a line can begin, or go on with."""

    LINE = auto()
    """A line whose level is error or worse."""
    PYTHON = auto()
    GO = auto()
    FRAME = auto()
    """A frame of Node's: its message stands in the line before, and nothing else says that it is an error."""


_LOGFMT = re.compile(r"(?:^|\s)(?:level|lvl|severity)=\"?(?:error|err|fatal|crit|critical|panic)\b", re.IGNORECASE)
_LEVEL_KEYS = ("level", "severity", "lvl", "levelname", "log.level")
_LEVELS = frozenset({"error", "err", "fatal", "crit", "critical", "panic", "alert", "emerg", "emergency"})
# https://github.com/pinojs/pino/blob/main/docs/api.md#logger-level
_PINO_ERROR = 50

# https://docs.python.org/3/library/traceback.html
_TRACEBACK = "Traceback (most recent call last):"
_CHAINED = ("During handling of the above exception", "The above exception was the direct cause")
# https://pkg.go.dev/runtime#hdr-Environment_Variables
_PANIC = re.compile(r"panic: |fatal error: |goroutine \d+ \[|.*\bpanic serving ")
_NODE_FRAME = re.compile(r"\s+at \S")

_INDENTED = re.compile(r"\s|\}")
_GO_FRAME = re.compile(r"\s|created by |exit status \d|\[signal |[\w./*()\[\]{}·-]+\(.*\)$")


def error_starts(lines: Iterable[tuple[Origin, str]]) -> Iterator[tuple[Origin, str]]:
    """Return the first line of each error with its origin; a stack trace is one error, with what it is chained to.

    A trace right after a line whose level is error belongs to that line.
    """
    inside: _Kind | None = None
    before: tuple[Origin, str] | None = None
    for line in lines:
        text = line[1]
        if not text.strip():
            continue
        kind = _kind(text)
        if kind is None:
            inside = inside if inside and _goes_on(inside, text) else None
        else:
            if not _belongs(kind, text, inside, before[1] if before else ""):
                yield before if kind is _Kind.FRAME and before else line
            inside = kind
        before = line


def _kind(text: str) -> _Kind | None:
    if _TRACEBACK in text:
        return _Kind.PYTHON
    if _PANIC.match(text):
        return _Kind.GO
    if _NODE_FRAME.match(text):
        return _Kind.FRAME
    return _Kind.LINE if _LOGFMT.search(text) or _is_json_error(text) else None


def _belongs(kind: _Kind, text: str, inside: _Kind | None, before: str) -> bool:
    """Return whether a line is part of the error that the lines before it have begun."""
    match kind:
        case _Kind.FRAME:
            return inside is not None
        case _Kind.PYTHON:
            return inside is _Kind.LINE or before.startswith(_CHAINED)
        case _Kind.GO:
            return inside is _Kind.LINE or (inside is _Kind.GO and text.startswith("goroutine "))
    return False


def _goes_on(inside: _Kind, text: str) -> bool:
    return bool((_GO_FRAME if inside is _Kind.GO else _INDENTED).match(text))


def _is_json_error(text: str) -> bool:
    if not text.lstrip().startswith("{"):
        return False
    try:
        document = json.loads(text)
    except ValueError:
        return False
    return any(_is_error_level(document[key]) for key in _LEVEL_KEYS if key in document)


def _is_error_level(level: object) -> bool:
    match level:
        case bool():
            return False
        case int() | float():
            return level >= _PINO_ERROR
        case str():
            return level.lower() in _LEVELS
    return False
