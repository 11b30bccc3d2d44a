"""``recover``: finish a deploy that was killed."""

from argparse import ArgumentParser, Namespace

from environments import Environment
from operations.command import Command
from operations.errors import ExitStatus
from operations.recovery.recover import recover

_DESCRIPTION = """\
Finish a deploy that was killed. What AWS has and the Terraform state has not
is imported, the rest is created: no resource is created twice. Terraform's
plan of it is shown, and applied once you approve it. Use the settings, and
the overrides, of the deploy that was killed."""


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--auto-approve", action="store_true", help="apply Terraform's plan without asking")


def _run(environment: Environment, chosen: Namespace) -> int:
    recover(environment, approved=chosen.auto_approve)
    return ExitStatus.FINE


RECOVER = Command(
    name="recover",
    summary="finish a deploy that was killed",
    description=_DESCRIPTION,
    add_arguments=_add_arguments,
    run=_run,
    when_interrupted="Stopped. Run it again to go on from here.",
)
