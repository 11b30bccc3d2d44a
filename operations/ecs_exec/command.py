"""``exec``: run a command in a container of a deployed service."""

import sys
from argparse import ArgumentParser, Namespace

from environments import Environment
from operations.aws.account import require_account
from operations.aws.clients import Clients
from operations.command import Command, seconds
from operations.ecs_exec.run_command import Outcome, run_command
from operations.errors import OperationError

UNKNOWN = 125
"""As of ``docker run``: the fault is not the command's."""

_DEFAULT_SECONDS = 60

_DESCRIPTION = """\
Run one command in a container of a deployed service, through ECS Exec; it
needs no AWS CLI and no plugin.

Exit status: that of the command (of several tasks the highest), or 125 if it
is unknown."""


def _run(environment: Environment, chosen: Namespace) -> int:
    """Run the command and print its output; return its exit status."""
    outcomes = _outcomes(environment, chosen)
    for outcome in outcomes:
        _show(outcome, several=len(outcomes) > 1)
    return max(UNKNOWN if outcome.exit_status is None else outcome.exit_status for outcome in outcomes)


def _outcomes(environment: Environment, chosen: Namespace) -> list[Outcome]:
    if chosen.service not in environment.services:
        known = ", ".join(environment.services)
        raise OperationError(f"{environment.name} has no service {chosen.service}; choose one of {known}")
    clients = Clients.of(environment)
    require_account(environment, clients)
    return run_command(
        clients,
        cluster=environment.cluster_name,
        service=environment.service_name(chosen.service),
        command=chosen.shell_command,
        container=chosen.container,
        timeout_seconds=chosen.timeout,
        all_tasks=chosen.all_tasks,
        is_job=chosen.service in environment.jobs,
    )


def _show(outcome: Outcome, *, several: bool) -> None:
    where = f"task {outcome.task}, container {outcome.container}"
    if several:
        sys.stderr.write(f"{where}:\n")
        sys.stderr.flush()
    sys.stdout.write(outcome.output)
    sys.stdout.flush()
    if outcome.exit_status is None:
        sys.stderr.write(f"{where}: its exit status is unknown: {outcome.reason}\n")


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("service", metavar="SERVICE", help="a service's name in the settings")
    parser.add_argument("shell_command", metavar="COMMAND", help="what the container's /bin/sh runs, in quotes")
    parser.add_argument("--container", metavar="NAME", help="a container's name (default: the service's own)")
    parser.add_argument("--all-tasks", action="store_true", help="run it in every task (default: in one)")
    parser.add_argument(
        "--timeout",
        type=seconds,
        default=_DEFAULT_SECONDS,
        metavar="SECONDS",
        help="the most that it may take; then it is interrupted (default: %(default)s)",
    )


EXEC = Command(
    name="exec",
    summary="run a command in a container of a deployed service",
    description=_DESCRIPTION,
    add_arguments=_add_arguments,
    run=_run,
    unavailable=UNKNOWN,
)
