"""Run one command in a container of a deployed service, through ECS Exec; it needs no AWS CLI and no plugin.

Exit status: that of the command (of several tasks the highest), or 125 where nobody knows it.
"""

import argparse
import sys
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from environments import SettingsError, load
from verification.account import require_account
from verification.aws import Clients
from verification.exec_command import ExecUnavailable, Outcome, run_command
from verification.findings import CannotRunError

if TYPE_CHECKING:
    from environments import Environment

UNKNOWN = 125
"""As of ``docker run``: the fault is not the command's."""

_DEFAULT_SECONDS = 60
_LONGEST_SECONDS = 3600


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``python -m verification run``."""
    parser.add_argument("environment", help="an environment's name, such as dev")
    parser.add_argument("service", help="a service's name in the settings, such as backend")
    parser.add_argument("command", help="what the container's /bin/sh is to run, in quotes")
    parser.add_argument("--container", help="a container's name (default: the service's own)")
    parser.add_argument("--all-tasks", action="store_true", help="run it in every task (default: in one)")
    parser.add_argument(
        "--timeout",
        type=seconds,
        default=_DEFAULT_SECONDS,
        metavar="SECONDS",
        help="the most that it may take; then it is interrupted (default: %(default)s)",
    )


def seconds(text: str) -> float:
    """Read a time in seconds; raises ArgumentTypeError where it is none that can be waited for."""
    value = float(text)
    if not 0 < value <= _LONGEST_SECONDS:
        raise argparse.ArgumentTypeError(f"{text} is not a time; choose more than 0, at most {_LONGEST_SECONDS}")
    return value


def run(chosen: argparse.Namespace) -> int:
    """Run the command and print its output; return its exit status. No fault shows a traceback."""
    try:
        outcomes = _outcomes(load(chosen.environment), chosen)
    except (CannotRunError, ExecUnavailable, SettingsError, ClientError, BotoCoreError) as error:
        sys.stderr.write(f"{error}\n")
        return UNKNOWN
    for outcome in outcomes:
        _show(outcome, several=len(outcomes) > 1)
    return max(UNKNOWN if outcome.exit_status is None else outcome.exit_status for outcome in outcomes)


def _outcomes(environment: "Environment", chosen: argparse.Namespace) -> list[Outcome]:
    if chosen.service not in environment.desired_counts:
        known = ", ".join(environment.desired_counts)
        raise CannotRunError(f"{environment.name} has no service {chosen.service}; choose one of {known}")
    clients = Clients.of(environment)
    require_account(environment, clients)
    return run_command(
        clients,
        cluster=environment.cluster_name,
        service=environment.service_name(chosen.service),
        command=chosen.command,
        container=chosen.container,
        timeout_seconds=chosen.timeout,
        all_tasks=chosen.all_tasks,
    )


def _show(outcome: Outcome, *, several: bool) -> None:
    where = f"task {outcome.task}, container {outcome.container}"
    if several:
        sys.stderr.write(f"{where}:\n")
        sys.stderr.flush()
    sys.stdout.write(outcome.output)
    sys.stdout.flush()
    if outcome.exit_status is None:
        sys.stderr.write(f"{where}: nobody knows the exit status: {outcome.reason}\n")
