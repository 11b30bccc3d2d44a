"""What every section of the settings shares: the frozen base class and the types with plain-English errors.

Validators raise `ValueError`, one argument per fault; `environments.faults` adds the path and turns them into lines.
"""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_LONGEST_SHOWN = 200
_LARGEST_NUMBER = 2**63 - 1  # of TOML's integers
_PLAIN_TEXT = re.compile(r"[\w.:/@+-]+", re.ASCII)
_DNS_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST_DNS_NAME = 253


class Settings(BaseModel):
    """A section of an environment's file: frozen, no unknown keys, defaults held to the same rules as values."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class FaultBelow(NamedTuple):
    """A fault that a rule found below the value it was given; `path` leads from there to the place."""

    path: tuple[str | int, ...]
    message: str


def decided(info: ValidationInfo) -> dict[str, object]:
    """Return the region and the account of the environment and the names of its services, for rules of its sections.

    Validation runs from the top of `Environment` down, and only valid values are in here. A rule of the whole
    environment would not need it, but runs only once all sections are right: its faults would come in a second report.
    `load` provides it; in a section built alone it is empty, and the rules that need it do not hold there.
    """
    return info.context if isinstance(info.context, dict) else {}


def raise_all(*faults: str | FaultBelow) -> None:
    """Raise one `ValueError` with every fault, or nothing when there are none."""
    if faults:
        raise ValueError(*faults)


def format_value(value: object) -> str:
    """Format a value as a person wrote it, on one line and short enough to read."""
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "a table"
        case list() | tuple():
            return "a list"
        case datetime():
            text = value.isoformat().replace("+00:00", "Z")
        case int() if abs(value) > _LARGEST_NUMBER:
            return "a number of more than 64 bits"
        case str() if not _PLAIN_TEXT.fullmatch(value):
            text = f"{json.dumps(value, ensure_ascii=not value.isprintable())}{look_alike(value)}"
        case _:
            text = str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def look_alike(text: str) -> str:
    """Return a note on the first letter of another alphabet among plain ones, which looks like them; or nothing."""
    letters = [each for each in text if each.isalpha()]
    foreign = [each for each in letters if not unicodedata.name(each, "LATIN").startswith("LATIN")]
    if not foreign or not any(map(str.isascii, letters)):
        return ""
    return f" ({foreign[0]} is {character_name(foreign[0])})"


def character_name(character: str) -> str:
    """Return what Unicode calls a character, as in `Cyrillic small letter a`."""
    return unicodedata.name(character, "no character").capitalize()


def join_choices(choices: Collection[object]) -> str:
    """Join choices as English does: `512, 1024 or 2048`."""
    *most, last = map(str, choices)
    return f"{', '.join(most)} or {last}" if most else last


def nearest(name: str, known: Sequence[str]) -> str:
    """Return the advice for a name that is not known: the one that was meant, or all that there are."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"choose {join_choices(known)}"


def _whole(value: object) -> object:
    # Python and pydantic take True for 1; a reader of TOML does not.
    if isinstance(value, bool) or (isinstance(value, int) and abs(value) > _LARGEST_NUMBER):
        raise ValueError(f"{format_value(value)} is not a whole number")
    return value


WholeNumber = Annotated[int, BeforeValidator(_whole)]


def _true_or_false(value: object) -> object:
    # pydantic takes 1, "yes" and "on" for true, and a person who reads the file might not.
    if isinstance(value, bool):
        return value
    written = json.dumps(value) if isinstance(value, str) and _PLAIN_TEXT.fullmatch(value) else format_value(value)
    raise ValueError(f"{written} is not true or false; write true or false, without quotes")


Boolean = Annotated[bool, BeforeValidator(_true_or_false)]


def between(low: int, high: int, noun: str) -> AfterValidator:
    """Return the rule that a number is in a closed range; `noun` says what it counts, as in `a port`."""

    def check(value: int) -> int:
        if not low <= value <= high:
            raise ValueError(f"{format_value(value)} is not {noun}; choose {low} to {high}")
        return value

    return AfterValidator(check)


def one_of(choices: tuple[int, ...], noun: str) -> AfterValidator:
    """Return the rule that a number is one of AWS's list."""

    def check(value: int) -> int:
        if value not in choices:
            raise ValueError(f"{format_value(value)} is not {noun}; choose {join_choices(choices)}")
        return value

    return AfterValidator(check)


def matching(pattern: str, noun: str, advice: str) -> AfterValidator:
    """Return the rule that the whole text has a shape; `advice` says what to write instead."""

    def check(value: str) -> str:
        if re.fullmatch(pattern, value, re.ASCII) is None:
            raise ValueError(f"{format_value(value)} is not {noun}; {advice}")
        return value

    return AfterValidator(check)


def domain_name(noun: str, example: str) -> AfterValidator:
    """Return the rule for a DNS name of two or more labels, as RFC 1123 has them, in lower case, without an end dot.

    Source: https://www.rfc-editor.org/rfc/rfc1123#section-2
    """

    def check(value: str) -> str:
        reason = _domain_fault(value)
        if reason:
            raise ValueError(f"{format_value(value)} is not {noun}: {reason}; give one such as {example}")
        return value

    return AfterValidator(check)


def _domain_fault(value: str) -> str | None:
    labels = value.split(".")
    if len(value) > _LONGEST_DNS_NAME:
        return f"it has {len(value)} characters of at most {_LONGEST_DNS_NAME}"
    if len(labels) == 1:
        return "it needs two labels or more"
    for label in labels:
        if not _DNS_LABEL.fullmatch(label):
            return f"the label {format_value(label)} must be 1 to 63 lower-case letters, digits and inner hyphens"
    return "its last label is a number" if labels[-1].isdigit() else None


Port = Annotated[WholeNumber, between(1, 65535, "a port")]

# Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BucketName = Annotated[
    str,
    matching(
        r"(?!.*\.\.)(?!(\d+\.){3}\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
        "a bucket's name",
        "give 3 to 63 lower-case letters, digits, inner hyphens and single dots, but no IP address",
    ),
]
