"""``exec``: run a command or a shell in a container of a deployed service."""

import os
import shlex
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from threading import Event

from environments import Environment, SettingsError, load
from operations.aws.account import require_account
from operations.aws.clients import Clients
from operations.command import Command, seconds
from operations.ecs_exec.output import ShownOutput
from operations.ecs_exec.run_command import Outcome, open_session, run_command
from operations.ecs_exec.shell import attach, shell
from operations.ecs_exec.targets import Destination, Target, find_targets
from operations.ecs_exec.terminal import Terminal
from operations.errors import OperationError
from operations.operator_policy import exec_policy
from operations.reason import add_reason, ask_reason

UNKNOWN = 125
"""As of ``docker run``: the fault is not the command's."""

_DEFAULT_SECONDS = 60

_DESCRIPTION = """\
Run one command in a container of a deployed service, or without COMMAND an
interactive shell, through ECS Exec; it needs no AWS CLI and no plugin.

One word is a script for the container's /bin/sh; of several, after --, each is
one argument, with no quoting needed: exec ENV SERVICE -- ls -la

The output appears while it comes, byte for byte; stderr shows notes only.
With --all-tasks it is shown task by task: the first one's as it comes, then
the next one's.

Exit status: that of the command (of several tasks the highest), or 125 if it
is unknown. ECS Exec reports none of a shell: 0 if its session ended normally,
otherwise 125."""


def _run(environment: Environment, chosen: Namespace) -> int:
    """Run the command and print its output, or a shell; return the exit status."""
    require_service(environment, chosen.service)
    terminal = None if chosen.words else _terminal(chosen)
    reason = ask_reason(chosen.reason) if environment.protected or chosen.reason is not None else None
    clients = Clients.of(environment)
    require_account(environment, clients)
    if terminal:
        return _shell(clients, environment, chosen, terminal, reason)
    try:
        outcomes = _outcomes(clients, environment, chosen, reason)
    except BrokenPipeError:
        # What reads stdout has enough, as of `| head`. Python would complain once more at its end, of the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OperationError("the output is no longer read; the command was interrupted") from None
    for outcome in outcomes:
        _note(outcome)
    return max(UNKNOWN if outcome.exit_status is None else outcome.exit_status for outcome in outcomes)


def require_service(environment: Environment, service: str) -> None:
    """Raise OperationError if the settings have no such service."""
    if service not in environment.services:
        known = ", ".join(environment.services)
        raise OperationError(f"{environment.name} has no service {service}; choose one of {known}")


def _terminal(chosen: Namespace) -> Terminal:
    if chosen.all_tasks:
        raise OperationError("a shell is opened in one task; give a COMMAND, or leave out --all-tasks")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise OperationError("a shell needs a terminal; give a COMMAND after --, such as: -- ls -la")
    return Terminal(sys.stdin.fileno(), sys.stdout.fileno())


def _shell(
    clients: Clients, environment: Environment, chosen: Namespace, terminal: Terminal, reason: str | None
) -> int:
    deadline = time.monotonic() + chosen.timeout
    target = find_targets(clients, _destination(environment, chosen))[0]
    with open_session(clients, target, shell(reason), deadline, Event()) as peer:
        ended = attach(peer, terminal, deadline)
    if not ended:
        return 0
    sys.stderr.write(f"task {target.task_id}, container {target.container}: the shell's session ended: {ended}\n")
    return UNKNOWN


def _outcomes(clients: Clients, environment: Environment, chosen: Namespace, reason: str | None) -> list[Outcome]:
    shown = ShownOutput(sys.stdout.buffer, _announce if chosen.all_tasks else _say_nothing)
    return run_command(
        clients,
        _destination(environment, chosen),
        _script(chosen.words),
        timeout_seconds=chosen.timeout,
        all_tasks=chosen.all_tasks,
        open_output=shown.open,
        reason=reason,
    )


def _destination(environment: Environment, chosen: Namespace) -> Destination:
    return Destination(
        environment.cluster_name,
        environment.service_name(chosen.service),
        chosen.container,
        is_job=chosen.service in environment.jobs,
    )


def _script(words: list[str]) -> str:
    return words[0] if len(words) == 1 else shlex.join(words)


def _announce(target: Target) -> None:
    sys.stderr.write(f"task {target.task_id}, container {target.container}:\n")
    sys.stderr.flush()


def _say_nothing(_: Target) -> None:
    """Announce no task: there is only one."""


def _note(outcome: Outcome) -> None:
    if outcome.exit_status is None:
        where = f"task {outcome.task}, container {outcome.container}"
        sys.stderr.write(f"{where}: its exit status is unknown: {outcome.reason}\n")


def complete_services(parsed_args: Namespace, **_: object) -> Iterable[str]:
    """Return the services that a press of Tab offers."""
    try:
        return load(parsed_args.environment).desired_counts
    except SettingsError:
        return ()


def _add_arguments(parser: ArgumentParser) -> None:
    service = parser.add_argument("service", metavar="SERVICE", help="a service's name in the settings")
    service.completer = complete_services  # type: ignore[attr-defined] # argcomplete's way to say it
    parser.add_argument(
        "words", nargs="*", metavar="COMMAND", help="a script in quotes, or after -- a command as it is"
    )
    add_reason(parser, "why, for the session's log; a protected environment demands it")
    parser.add_argument("--container", metavar="NAME", help="a container's name (default: the service's own)")
    parser.add_argument("--all-tasks", action="store_true", help="run it in every task (default: in one)")
    parser.add_argument(
        "--timeout",
        type=seconds,
        default=_DEFAULT_SECONDS,
        metavar="SECONDS",
        help="the most that it may take; then it is interrupted (default: %(default)s); of a shell, only its start",
    )


EXEC = Command(
    name="exec",
    summary="run a command or a shell in a container of a deployed service",
    description=_DESCRIPTION,
    add_arguments=_add_arguments,
    run=_run,
    unavailable=UNKNOWN,
    policy=exec_policy,
)
