"""``verify`` and ``audit``: whether a deployed environment works, and who can get into its containers."""

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from environments import Environment
from operations.aws.account import require_account
from operations.aws.clients import Clients
from operations.command import Command, seconds
from operations.ecs_exec.run_command import run_command
from operations.errors import ExitStatus, OperationError
from operations.operator_policy import audit_policy, verify_policy
from operations.verification import checks
from operations.verification.checks import CHECKS, Check
from operations.verification.deployed import read_deployed
from operations.verification.findings import Result, Status
from operations.verification.platform import Platform
from operations.verification.report.junit import write_junit
from operations.verification.report.machine import as_json
from operations.verification.report.terminal import TerminalReport
from operations.verification.suite import run_checks

_ALL = (*CHECKS, checks.AUDIT)
_DEFAULT_SECONDS = 180


def verify(environment: Environment, chosen: Namespace) -> int:
    """Run the chosen checks of an environment and report them; return the exit status."""
    started = time.monotonic()
    platform = _platform(environment, started + chosen.timeout)
    report = TerminalReport(sys.stderr if chosen.json else sys.stdout)
    report.start(f"{environment.name} in account {environment.account_id}, {environment.region}")
    results = run_checks(platform, _chosen(chosen.check), report.result)
    report.end(results, time.monotonic() - started)
    _write(chosen, environment, results)
    failed = any(result.status is Status.FAIL for result in results)
    return ExitStatus.FOUND_WRONG if failed else ExitStatus.FINE


def _platform(environment: Environment, deadline: float) -> Platform:
    """Read what runs; raises OperationError if AWS, the account or the cluster is not there."""
    clients = Clients.of(environment)
    require_account(environment, clients)
    return Platform(environment, clients, read_deployed(environment, clients), run_command, deadline)


def _chosen(names: Sequence[str]) -> list[Check]:
    return [check for check in _ALL if not names or check.name in names]


def _write(chosen: Namespace, environment: Environment, results: list[Result]) -> None:
    if chosen.json:
        sys.stdout.write(f"{as_json(environment, results)}\n")
    if chosen.junit:
        try:
            write_junit(chosen.junit, environment, results)
        except OSError as error:
            raise OperationError(f"{chosen.junit} cannot be written: {error.strerror}") from None


def _add_verify_arguments(parser: ArgumentParser) -> None:
    parser.epilog = "\n".join(["checks:", *(f"  {check.name:10} {check.question}" for check in _ALL)])
    parser.add_argument(
        "--check",
        action="append",
        default=[],
        choices=[check.name for check in _ALL],
        metavar="CHECK",
        help="a check to run, again for more (default: all); http and dns bring exec along",
    )
    _add_report_arguments(parser)


def _add_audit_arguments(parser: ArgumentParser) -> None:
    parser.set_defaults(check=[checks.AUDIT.name])
    _add_report_arguments(parser)


def _add_report_arguments(parser: ArgumentParser) -> None:
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
    description="Check that a deployed environment works, and audit ECS Exec.",
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
