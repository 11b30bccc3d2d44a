"""Keys and values of the tags an environment adds to every resource.

Source: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
"""

import re
from typing import Annotated

from pydantic import AfterValidator

from environments.base import format_value

_KEY, _VALUE = (re.compile(rf"[\w .:/=+@-]{{{shortest},{longest}}}") for shortest, longest in ((1, 128), (0, 256)))
VALUE_CHARACTERS = "letters, digits, spaces and _ . : / = + - @"

EXEC_REASON, EXEC_UNTIL = "ExecReason", "ExecUntil"
"""The tags of a service with ECS Exec on for a while: why, and until when in UTC, as 2026-12-01T18:00:00Z."""

_OWN_KEYS = ("Project", "Environment", "ManagedBy", "Repository", "Name", "Application", EXEC_REASON, EXEC_UNTIL)


def _not_own(key: str) -> str:
    # IAM tells keys apart without their case, so "project" would collide with "Project" there.
    if key.lower() in map(str.lower, _OWN_KEYS):
        raise ValueError("this key is the platform's own; choose another")
    return key


def _key(key: str) -> str:
    if key.lower().startswith("aws:"):
        raise ValueError("keys that start with aws: are AWS's own; choose another")
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a key AWS takes; choose 1 to 128 {VALUE_CHARACTERS}")
    return key


def is_tag_value(text: str) -> bool:
    """Return whether AWS takes a text as the value of a tag."""
    return _VALUE.fullmatch(text) is not None


def _value(value: str) -> str:
    if not is_tag_value(value):
        raise ValueError(f"{format_value(value)} is not a value AWS takes; choose up to 256 {VALUE_CHARACTERS}")
    return value


TagKey = Annotated[str, AfterValidator(_not_own), AfterValidator(_key)]
PrincipalTagKey = Annotated[str, AfterValidator(_key)]
"""A key of a tag that users and roles have, which may be called as one of the platform's."""
TagValue = Annotated[str, AfterValidator(_value)]
