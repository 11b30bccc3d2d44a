"""``break-glass``: open ECS Exec of one service for a while, by one deploy, without a commit."""

import os
import subprocess
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from environments import Environment, load
from environments.base import format_value
from environments.break_glass import LONGEST, break_glass_variable
from environments.exec_access import TimedToggle
from operations.command import Command
from operations.ecs_exec.command import complete_services, require_service
from operations.errors import OperationError
from operations.reason import add_reason, ask_reason

_PROJECT = Path(__file__).resolve().parents[1]
_DEFAULT_HOURS = 2.0
_MOST_HOURS = LONGEST / timedelta(hours=1)

_DESCRIPTION = """\
Switch ECS Exec on for one service, for one deploy, without a commit, in a
protected environment too. It runs cdktf deploy with this working tree, which
shows its plan and asks before it does it; options for cdktf follow --, such as
-- --auto-approve. The next deploy without break-glass closes it again.

Reason and end stand as tags on the service. Past its end, exec is refused and
the audit fails until a deploy has closed it.

Exit status: that of cdktf, or 2 if it could not be started."""


def _run(environment: Environment, chosen: Namespace) -> int:
    """Deploy with the service open, and say how to close it again."""
    name, service = environment.name, chosen.service
    require_service(environment, service)
    if service in environment.exec.enabled:
        raise OperationError(f"exec.{service} is on already: python -m operations exec {name} {service}")
    reason = ask_reason(chosen.reason)
    toggle = TimedToggle(reason=reason, until=datetime.now(UTC) + timedelta(hours=chosen.hours))
    variables = {**os.environ, **break_glass_variable(name, service, toggle)}
    # Settings that do not allow it are reported here, in our words.
    load(name, variables=variables)
    status = _deploy(name, chosen.words, variables)
    print(_closing(name, service, toggle, deployed=status == 0))  # noqa: T201 - for the person who runs it
    return status


def _deploy(name: str, options: list[str], variables: Mapping[str, str]) -> int:
    program = _PROJECT / "node_modules" / ".bin" / "cdktf"
    try:
        process = subprocess.Popen([program, "deploy", name, *options], cwd=_PROJECT, env=variables)  # noqa: S603 - the project's own cdktf
    except OSError as error:
        raise OperationError(f"{program} cannot be run: {error.strerror}; run `make install`") from None
    # Ctrl-C reaches cdktf too, which ends in order: it must not be left alone.
    while process.returncode is None:
        with suppress(KeyboardInterrupt):
            process.wait()
    return process.returncode


def _closing(name: str, service: str, toggle: TimedToggle, *, deployed: bool) -> str:
    close = f"npx cdktf deploy {name}"
    if not deployed:
        return f"\ncdktf failed. Whatever it has opened already is closed by: {close}"
    return (
        f"\nECS Exec of {service} in {name} is open until {format_value(toggle.until)}:\n"
        f'  .venv/bin/python -m operations exec {name} {service} --reason "{toggle.reason}"\n'
        "Close it when you are done, with a deploy of any kind:\n"
        f"  {close}"
    )


def _hours(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value <= _MOST_HOURS:
        raise ArgumentTypeError(f"{text} is not a number of hours; choose up to {_MOST_HOURS:g}")
    return value


def _add_arguments(parser: ArgumentParser) -> None:
    service = parser.add_argument("service", metavar="SERVICE", help="a service's name in the settings")
    service.completer = complete_services  # type: ignore[attr-defined] # argcomplete's way to say it
    parser.add_argument("words", nargs="*", metavar="OPTION", help="after --: options of cdktf deploy")
    add_reason(parser, "why it is opened (default: asked for on the terminal)")
    parser.add_argument(
        "--hours", type=_hours, default=_DEFAULT_HOURS, metavar="HOURS", help="until its end (default: %(default)g)"
    )


BREAK_GLASS = Command(
    name="break-glass",
    summary="open a service's ECS Exec for a while, by one deploy without a commit",
    description=_DESCRIPTION,
    add_arguments=_add_arguments,
    run=_run,
)
