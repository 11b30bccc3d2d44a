"""Texts of users, made harmless: values, tags and names come from a branch that nobody has reviewed yet."""

import json
import re
import unicodedata
from typing import Any

from operations.review.values import ABSENT, Absent, Difference, Masked

_LONGEST = 160
# Of two long texts, what is shown before their first difference.
_CONTEXT = 40


def plain(text: str) -> str:
    """Return a text in one line, in which control characters and changes of direction are visible."""
    return "".join(each if _is_harmless(each) else f"\\u{ord(each):04x}" for each in text)


def shown(value: Any) -> str:  # noqa: ANN401 - any JSON
    """Return a value as a reader wants it: short, and never what is sensitive."""
    if value is ABSENT or value is None:
        return "(none)"
    text = value if isinstance(value, str) else json.dumps(without_secrets(value), ensure_ascii=False)
    text = plain(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def lines_of(difference: Difference) -> list[tuple[str, str]]:
    """Return the lines of a difference, each with its sign."""
    path = plain(difference.path)
    if difference.is_sensitive:
        return [("~", f"{path}: (sensitive)")]
    sides = (("-", difference.before), ("+", difference.after))
    if all(isinstance(value, str) and len(value) > _LONGEST and "\n" not in value for _, value in sides):
        start = max(0, _same_start(difference.before, difference.after) - _CONTEXT)
        sides = (("-", f"…{difference.before[start:]}"), ("+", f"…{difference.after[start:]}"))
    return [
        (sign, f"{path}: {shown(line)}")
        for sign, value in sides
        if value is not ABSENT and value is not None
        for line in (value.splitlines() if isinstance(value, str) and "\n" in value else [value])
    ]


def code(text: str) -> str:
    """Return a text as code in Markdown, out of which it cannot break."""
    text = plain(text)
    fence = "`" * (longest_run(text) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def longest_run(text: str) -> int:
    """Return the length of the longest run of backticks."""
    return max((len(run) for run in re.findall("`+", text)), default=0)


def cell(text: str) -> str:
    """Return code for a cell of a table."""
    return code(text).replace("|", "\\|")


def _same_start(before: str, after: str) -> int:
    """Return how many characters two texts begin with."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((index for index, (old, new) in pairs if old != new), min(len(before), len(after)))


def _is_harmless(character: str) -> bool:
    return character == " " or unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")


def without_secrets(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a value as JSON, without what is sensitive; None if there is none."""
    match value:
        case Masked():
            return str(value)
        case Absent():
            return None
        case dict():
            return {key: without_secrets(inner) for key, inner in value.items()}
        case list():
            return [without_secrets(inner) for inner in value]
        case _:
            return value
