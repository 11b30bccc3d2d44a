"""``state-bootstrap``: create the S3 bucket for an environment's Terraform state."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from environments import Environment
from operations.aws.account import require_account
from operations.aws.clients import Clients
from operations.aws.errors import AWS_ERRORS
from operations.command import Command
from operations.errors import ExitStatus, OperationError
from operations.state_bucket.bucket import bucket_name, holds_state, make_bucket

_DESCRIPTION = """\
Create the S3 bucket for an environment's Terraform state. Run again, it
repairs the bucket's settings."""


def _run(environment: Environment, _: Namespace) -> int:
    try:
        sys.stdout.write(_bootstrap(environment))
    except AWS_ERRORS as error:
        raise OperationError(f"the bucket is not as it should be: {error}; put that right and run it again") from None
    return ExitStatus.FINE


def _bootstrap(environment: Environment) -> str:
    clients = Clients.of(environment)
    require_account(environment, clients)
    made = make_bucket(environment, clients)
    moves = Path(f"terraform.{environment.name}.tfstate").exists() and not holds_state(environment, clients)
    return "\n".join([_report(environment, made), *_next_steps(environment, moves=moves), ""])


def _report(environment: Environment, made: list[str]) -> str:
    bucket = f"{bucket_name(environment)} in account {environment.account_id}, {environment.region}"
    if not made:
        return f"{bucket}: all is as it should be, nothing was changed."
    return "\n".join([f"{bucket}:", *(f"  + {what}" for what in made)])


def _next_steps(environment: Environment, *, moves: bool) -> list[str]:
    name, steps = environment.name, []
    if not environment.state.bucket:
        # Terraform moves a state only from where it knows it to be: after a run without the setting.
        steps = [f"First see that nothing is to be changed: npx cdktf diff {name}"] if moves else []
        steps += [
            f"Add to environments/{name}.toml, to keep the state there:",
            f'  [state]\n  bucket = "{bucket_name(environment)}"',
        ]
    if moves:
        steps.append(f"Then move the state, once, from this folder: npx cdktf deploy {name} --migrate-state")
    return steps


def _add_no_arguments(_: ArgumentParser) -> None:
    """Take the environment alone."""


STATE_BOOTSTRAP = Command(
    name="state-bootstrap",
    summary="create the S3 bucket for an environment's Terraform state",
    description=_DESCRIPTION,
    add_arguments=_add_no_arguments,
    run=_run,
    when_interrupted="Stopped; run it again to go on from here.",
)
