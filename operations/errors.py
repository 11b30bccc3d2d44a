"""How an operation ends: its exit status, and the error that a person reads."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """What a shell or CI reads; ``exec`` ends with the status of the command in the container instead."""

    FINE = 0
    FOUND_WRONG = 1
    COULD_NOT_LOOK = 2
    INTERRUPTED = 130
    """As of a shell: 128 and the number of SIGINT."""


class OperationError(Exception):
    """An operation cannot be done: a reason and what to do about it, in one or a few lines, without a traceback."""
