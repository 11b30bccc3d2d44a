"""Whether a deployed environment works: ``python -m verification dev``; ``python -m verification run`` runs a command.

Exit status: 0 when nothing failed, 1 when a check failed, 2 when it could not run.
"""

import argparse
import signal
import sys
import time
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from environments import Environment, SettingsError, load
from verification import run
from verification.account import require_account
from verification.aws import Clients
from verification.checks import AUDIT, CHECKS, Check
from verification.deployed import read_deployed
from verification.exec_command import run_command
from verification.findings import CannotRunError, Result, Status
from verification.platform import Platform
from verification.report.junit import write_junit
from verification.report.machine import as_json
from verification.report.terminal import TerminalReport
from verification.suite import run_checks

_CANNOT_RUN = 2
_INTERRUPTED = 130
_DEFAULT_SECONDS = 180
_LONGEST_SECONDS = 3600


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; no fault of the user's, AWS's or the platform's shows a traceback."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        if given[:1] == ["run"]:
            return run.run(_run_parser().parse_args(given[1:]))
        return verify(_parser().parse_args(given))
    except (CannotRunError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return _CANNOT_RUN
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return _INTERRUPTED


def verify(chosen: argparse.Namespace) -> int:
    """Run the chosen checks of an environment and report them; return the exit status."""
    environment = load(chosen.environment)
    started = time.monotonic()
    platform = _platform(environment, started + chosen.timeout)
    report = TerminalReport(sys.stderr if chosen.json else sys.stdout)
    report.start(f"{environment.name} in account {environment.account_id}, {environment.region}")
    results = run_checks(platform, _checks(chosen.check), report.result)
    report.end(results, time.monotonic() - started)
    _write(chosen, environment, results)
    return int(any(result.status is Status.FAIL for result in results))


def _platform(environment: Environment, deadline: float) -> Platform:
    """Read what runs; raises CannotRunError where AWS, the account or the cluster is not there."""
    try:
        clients = Clients.of(environment)
        require_account(environment, clients)
        deployed = read_deployed(environment, clients)
    except (ClientError, BotoCoreError) as error:
        raise CannotRunError(f"{environment.name} cannot be read: {error}") from None
    return Platform(environment, clients, deployed, run_command, deadline)


def _checks(names: list[str] | None) -> list[Check]:
    return [check for check in (*CHECKS, AUDIT) if not names or check.name in names]


def _write(chosen: argparse.Namespace, environment: Environment, results: list[Result]) -> None:
    if chosen.json:
        sys.stdout.write(f"{as_json(environment, results)}\n")
    if chosen.junit:
        try:
            write_junit(chosen.junit, environment, results)
        except OSError as error:
            raise CannotRunError(f"{chosen.junit} cannot be written: {error.strerror}") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m verification",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=__doc__,
        epilog="\n".join(["checks:", *(f"  {check.name:10} {check.question}" for check in (*CHECKS, AUDIT))]),
    )
    parser.add_argument("environment", help="an environment's name, such as dev")
    parser.add_argument(
        "--check",
        action="append",
        choices=[check.name for check in (*CHECKS, AUDIT)],
        help="a check to run, again for more (default: all); http and dns bring exec along",
    )
    parser.add_argument("--json", action="store_true", help="write the results as JSON, the lines to stderr")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the results as JUnit XML too")
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=_DEFAULT_SECONDS,
        metavar="SECONDS",
        help="the most that all of it may take (default: %(default)s)",
    )
    return parser


def _run_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m verification run", description=run.__doc__)
    run.add_arguments(parser)
    return parser


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= _LONGEST_SECONDS:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds; choose up to {_LONGEST_SECONDS}")
    return seconds


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
