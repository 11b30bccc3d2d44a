"""``verify`` and ``audit``: whether a deployed environment works, and who can get into its containers."""

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from environments import Environment
from operations.aws.account import require_account
from operations.aws.clients import Clients
from operations.command import Command, past, seconds
from operations.ecs_exec.run_command import run_command
from operations.errors import ExitStatus, OperationError
from operations.operator_policy import audit_policy, verify_policy
from operations.threads import within
from operations.verification import checks
from operations.verification.checks import CHECKS, Check
from operations.verification.deployed import read_deployed
from operations.verification.findings import Result, Status, failed
from operations.verification.platform import Platform
from operations.verification.report.junit import write_junit
from operations.verification.report.machine import as_json
from operations.verification.report.terminal import TerminalReport
from operations.verification.suite import run_checks

_ALL = (*CHECKS, checks.AUDIT)
_DEFAULT_SECONDS = 180

_DESCRIPTION = """\
Check that a deployed environment works, and audit ECS Exec.

Exit status: 0 nothing failed, 1 something failed, 2 something could not be
checked (a call was throttled, denied or not answered), whatever else failed."""


def verify(environment: Environment, chosen: Namespace) -> int:
    """Run the chosen checks of an environment and report them; return the exit status."""
    started = time.monotonic()
    try:
        platform = within(chosen.timeout, lambda: _platform(environment, started + chosen.timeout, chosen.since))
    except TimeoutError:
        raise OperationError(f"AWS did not answer within {chosen.timeout:g} s; give it more with --timeout") from None
    report = TerminalReport(sys.stderr if chosen.json else sys.stdout)
    report.start(f"{environment.name} in account {environment.account_id}, {environment.region}")
    results = run_checks(platform, _chosen(chosen.check), report.result)
    report.end(results, time.monotonic() - started)
    _write(chosen, environment, results)
    return exit_status([result.status for result in results], strict=chosen.strict)


def exit_status(statuses: Collection[Status], *, strict: bool) -> ExitStatus:
    """Return how the run ends: if anything could not be checked, the answer is incomplete whatever else was found."""
    if Status.ERROR in statuses:
        return ExitStatus.COULD_NOT_LOOK
    return ExitStatus.FOUND_WRONG if any(failed(each, strict=strict) for each in statuses) else ExitStatus.FINE


def _platform(environment: Environment, deadline: float, since: datetime | None) -> Platform:
    """Read what runs; raises OperationError if AWS, the account or the cluster is not there."""
    clients = Clients.of(environment)
    require_account(environment, clients)
    execute = partial(run_command, reason="operations verify")
    return Platform(environment, clients, read_deployed(environment, clients), execute, deadline, since=since)


def _chosen(names: Sequence[str]) -> list[Check]:
    return [check for check in _ALL if not names or check.name in names]


def _write(chosen: Namespace, environment: Environment, results: list[Result]) -> None:
    if chosen.json:
        sys.stdout.write(f"{as_json(environment, results)}\n")
    if chosen.junit:
        try:
            write_junit(chosen.junit, environment, results, strict=chosen.strict)
        except OSError as error:
            raise OperationError(f"{chosen.junit} cannot be written: {error.strerror}") from None


def _add_verify_arguments(parser: ArgumentParser) -> None:
    parser.epilog = "\n".join(["checks:", *(f"  {check.name:13}  {check.question}" for check in _ALL)])
    parser.add_argument(
        "--check",
        action="append",
        default=[],
        choices=[check.name for check in _ALL],
        metavar="CHECK",
        help="a check to run, again for more (default: all); http and dns bring exec along",
    )
    parser.add_argument(
        "--since",
        type=past,
        metavar="TIME",
        help="read logs from then on: 30m, 2h, 3d or an ISO time, in UTC unless it says otherwise"
        " (default: since each service's running deployment started)",
    )
    _add_report_arguments(parser)


def _add_audit_arguments(parser: ArgumentParser) -> None:
    parser.set_defaults(check=[checks.AUDIT.name], since=None)
    _add_report_arguments(parser)


def _add_report_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--strict", action="store_true", help="count what warned or was skipped as failed")
    parser.add_argument("--json", action="store_true", help="write the results as JSON, the lines to stderr")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the results as JUnit XML too")
    parser.add_argument(
        "--timeout",
        type=seconds,
        default=_DEFAULT_SECONDS,
        metavar="SECONDS",
        help="the most that all of it may take (default: %(default)s)",
    )


VERIFY = Command(
    name="verify",
    summary="check that a deployed environment works",
    description=_DESCRIPTION,
    add_arguments=_add_verify_arguments,
    run=verify,
    policy=verify_policy,
)

AUDIT = Command(
    name="audit",
    summary="audit ECS Exec of a deployed environment",
    description="Audit ECS Exec: what it lacks, and what it exposes.",
    add_arguments=_add_audit_arguments,
    run=verify,
    policy=audit_policy,
)
