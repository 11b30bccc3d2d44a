"""What every command of the command line is made of."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from dataclasses import dataclass

from environments import Environment
from operations.errors import ExitStatus

_LONGEST_SECONDS = 3600


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


@dataclass(frozen=True)
class ProjectCommand:
    """A word of the command line about the project, not about one deployed environment; it loads no settings."""

    name: str
    summary: str
    description: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]
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
