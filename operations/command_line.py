"""The one command line: which commands there are, and how each of them ends."""

import argparse
import sys
from collections.abc import Iterable

import argcomplete
from argcomplete.completers import ChoicesCompleter

from environments import SettingsError, load, names
from operations.aws.errors import AWS_ERRORS, explain
from operations.ecs_exec.command import EXEC
from operations.errors import ExitStatus, OperationError
from operations.picture.command import PICTURE
from operations.recovery.command import RECOVER
from operations.state_bucket.command import STATE_BOOTSTRAP
from operations.verification.command import AUDIT, VERIFY

_COMMANDS = {command.name: command for command in (VERIFY, AUDIT, EXEC, RECOVER, STATE_BOOTSTRAP, PICTURE)}

_DESCRIPTION = """\
What is done to a deployed platform. It needs AWS credentials, as for Terraform;
only picture needs none.

Exit status: 0 fine, 1 found something wrong, 2 could not look;
exec ends with the status of the command in the container."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status; no fault of the user's, AWS's or the platform's shows a traceback."""
    parser = _parser()
    argcomplete.autocomplete(parser, default_completer=ChoicesCompleter({}))
    chosen = parser.parse_args(arguments)
    command = _COMMANDS[chosen.command]
    try:
        return command.run(load(chosen.environment), chosen)
    except (OperationError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
    except AWS_ERRORS as error:
        sys.stderr.write(f"{explain(error)}\n")
    except KeyboardInterrupt:
        sys.stderr.write(f"{command.when_interrupted}\n")
        return ExitStatus.INTERRUPTED
    return command.unavailable


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m operations",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in _COMMANDS.values():
        added = commands.add_parser(
            command.name,
            help=command.summary,
            description=command.description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        environment = added.add_argument("environment", metavar="ENV", help="an environment's name, such as dev")
        environment.completer = _environments  # type: ignore[attr-defined] # argcomplete's way to say it
        command.add_arguments(added)
    return parser


def _environments(**_: object) -> Iterable[str]:
    return names()
