"""Why a person opens a shell: given as an option, or asked for on a terminal."""

import sys
from argparse import ArgumentParser

from environments.exec_access import checked_reason
from operations.errors import OperationError


def add_reason(parser: ArgumentParser, help_: str) -> None:
    """Add the option."""
    parser.add_argument("--reason", metavar="TEXT", help=help_)


def ask_reason(given: str | None) -> str:
    """Return the reason; raises OperationError if it is none, or if there is no terminal to ask for it on."""
    if given is None:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise OperationError('say why, with an option such as --reason "incident 4711"')
        sys.stderr.write("Reason: ")
        sys.stderr.flush()
        given = sys.stdin.readline()
    try:
        return checked_reason(given.strip())
    except ValueError as error:
        raise OperationError(str(error)) from None
