"""The one command line: which commands there are, and how each of them ends."""

import argparse
import sys
from collections.abc import Iterable

import argcomplete
from argcomplete.completers import ChoicesCompleter

from environments import SettingsError, load, names, write_expired, write_notices
from operations.aws.errors import AWS_ERRORS, explain
from operations.break_glass import BREAK_GLASS
from operations.command import Command, ProjectCommand
from operations.ecs_exec.command import EXEC
from operations.errors import ExitStatus, OperationError
from operations.picture.command import PICTURE
from operations.print_policy import PrintPolicy
from operations.recovery.command import RECOVER
from operations.review.command import REVIEW
from operations.review.saved_plan import SHOW_PLAN
from operations.state_bucket.command import STATE_BOOTSTRAP
from operations.verification.command import AUDIT, VERIFY

_COMMANDS: dict[str, Command | ProjectCommand] = {
    command.name: command
    for command in (VERIFY, AUDIT, EXEC, BREAK_GLASS, REVIEW, SHOW_PLAN, RECOVER, STATE_BOOTSTRAP, PICTURE)
}

_DESCRIPTION = """\
What is done to a deployed platform. It needs AWS credentials, as for Terraform;
review, show-plan and picture need none.

Exit status: 0 fine, 1 found something wrong, 2 could not look;
exec ends with the status of the command in the container."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status; no fault of the user's, AWS's or the platform's shows a traceback."""
    parser = _parser()
    argcomplete.autocomplete(parser, default_completer=ChoicesCompleter({}))
    chosen = _parse(parser, sys.argv[1:] if arguments is None else arguments)
    command = _COMMANDS[chosen.command]
    try:
        if isinstance(command, Command):
            environment = load(chosen.environment)
            write_notices([environment.name])
            write_expired([environment])
            return command.run(environment, chosen)
        return command.run(chosen)
    except (OperationError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
    except AWS_ERRORS as error:
        sys.stderr.write(f"{explain(error)}\n")
    except KeyboardInterrupt:
        sys.stderr.write(f"{command.when_interrupted}\n")
        return ExitStatus.INTERRUPTED
    return command.unavailable


def _parse(parser: argparse.ArgumentParser, arguments: list[str]) -> argparse.Namespace:
    """Parse the arguments; what follows ``--`` are a command's words, whatever they look like.

    argparse itself drops a second ``--``, and before Python 3.13 it takes no word that follows an option.
    """
    end = arguments.index("--") if "--" in arguments else len(arguments)
    chosen, rest = parser.parse_known_args(arguments[:end])
    words = rest + arguments[end + 1 :]
    if words and (any(word.startswith("-") for word in rest) or not hasattr(chosen, "words")):
        parser.error(f"unrecognized arguments: {' '.join(words)}")
    if words:
        chosen.words += words
    return chosen


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
        if isinstance(command, Command):
            environment = added.add_argument("environment", metavar="ENV", help="an environment's name, such as dev")
            environment.completer = _environments  # type: ignore[attr-defined] # argcomplete's way to say it
            if command.policy:
                added.add_argument("--print-policy", action=PrintPolicy, policy=command.policy)
        command.add_arguments(added)
    return parser


def _environments(**_: object) -> Iterable[str]:
    return names()
