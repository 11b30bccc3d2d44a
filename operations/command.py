"""What every command of the command line is made of."""

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from environments import Environment
from operations.errors import ExitStatus

_LONGEST_SECONDS = 3600
_AGO = re.compile(r"(\d{1,6})([smhd])")
_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True)
class Command:
    """One word of the command line, always followed by an environment: ``python -m operations NAME ENVIRONMENT``.

    ``run`` returns the exit status, ``unavailable`` is the one if it raises OperationError.
    """

    name: str
    summary: str
    description: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Environment, Namespace], int]
    unavailable: int = ExitStatus.COULD_NOT_LOOK
    when_interrupted: str = "Stopped."


def seconds(text: str) -> float:
    """Read a time to wait, in seconds; raises ArgumentTypeError if it is none, or longer than an hour."""
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value <= _LONGEST_SECONDS:
        raise ArgumentTypeError(f"{text} is not a number of seconds; choose up to {_LONGEST_SECONDS}")
    return value


def past(text: str) -> datetime:
    """Read a time before now: so long ago (``30m``), or an ISO time; raises ArgumentTypeError if it is neither."""
    now = datetime.now(UTC)
    if ago := _AGO.fullmatch(text):
        return now - int(ago[1]) * _UNITS[ago[2]]
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a time; give one such as 30m, 2h or 2026-01-31T14:00") from None
    at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    if at > now:
        raise ArgumentTypeError(f"{text} is yet to come; give a time before {now:%Y-%m-%dT%H:%M} UTC")
    return at
