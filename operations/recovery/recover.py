"""Finds what a killed deploy has made and Terraform does not know, imports it, and makes the rest."""

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from environments import Environment
from operations.aws.account import require_account
from operations.aws.clients import Clients, Document
from operations.errors import OperationError
from operations.provider import provider_variables
from operations.recovery.finders import FINDERS
from operations.recovery.planned import Planned, read_creates, replaced
from operations.recovery.search import Match, Search
from operations.terraform import Terraform, synthesize
from operations.text import many

# Beside cdk.tf.json; Terraform reads every file of the folder.
_IMPORTS = "recovered.tf.json"
_POLL_SECONDS = 10
# CloudFront takes certificates of this region alone.
_CDN_REGION = "us-east-1"


def recover(environment: Environment, *, approved: bool) -> None:
    """Finish the deploy of an environment, with one plan that imports what was lost; ``approved`` asks no one.

    Raises OperationError where it cannot be finished, before anything has changed unless Terraform's own apply fails.
    """
    clients = Clients.of(environment)
    require_account(environment, clients)
    _say("Synthesizing, and planning to see what is missing in the state")
    with TemporaryDirectory() as folder, _synthesized(environment, Path(folder)) as (terraform, imports):
        terraform.initialize()
        creates = read_creates(terraform.plan())
        lost = _find(creates, clients)
        if not lost:
            _say(f"Nothing is lost. Deploy as always: npx cdktf deploy {environment.name}")
            return
        _say(f"{many(len(lost), 'resource')} found that AWS has and the state has not:")
        for address, match in lost.items():
            _say(f"  {address}  {match.id}")
        imports.write_text(_import_blocks(lost), encoding="utf-8")
        _refuse_replacements(terraform.plan(), lost)
        terraform.show_plan()
        if not approved:
            _ask()
        terraform.apply_plan()
        _say(f"{environment.name} is whole again.")


@contextmanager
def _synthesized(environment: Environment, folder: Path) -> Iterator[tuple[Terraform, Path]]:
    """Give Terraform and the path of the import blocks; in the end they are gone, and so is the plan."""
    terraform = replace(synthesize(environment.name), variables=os.environ | provider_variables(folder))
    imports = terraform.folder / _IMPORTS
    # From a run that was killed itself.
    imports.unlink(missing_ok=True)
    try:
        yield terraform, imports
    finally:
        imports.unlink(missing_ok=True)
        terraform.forget_plan()


def _find(creates: list[Planned], clients: Clients) -> dict[str, Match]:
    """Return what exists already, once AWS has made all of it: half made, it would be imported with wrong values."""
    us_east_1 = Clients(boto3.Session(region_name=_CDN_REGION))
    waited_for: set[str] = set()
    try:
        while True:
            found = Search(clients, us_east_1, creates, FINDERS).find_all()
            being_made = {address for address, match in found.items() if match.being_made}
            if not being_made:
                return found
            for address in sorted(being_made - waited_for):
                _say(f"Waiting for {address}, which AWS is still making")
            waited_for |= being_made
            time.sleep(_POLL_SECONDS)
    except (ClientError, BotoCoreError) as error:
        raise OperationError(f"AWS cannot be searched: {error}") from None


def _import_blocks(lost: Mapping[str, Match]) -> str:
    """Write the blocks: https://developer.hashicorp.com/terraform/language/import."""
    blocks = [{"to": address, "id": match.id} for address, match in lost.items()]
    return json.dumps({"import": blocks}, indent=2)


def _refuse_replacements(plan: Document, lost: Mapping[str, Match]) -> None:
    if addresses := replaced(plan, lost):
        raise OperationError(
            f"{', '.join(addresses)}: found, but Terraform would replace it; nothing was changed. It differs from the "
            "settings: deploy with those of the killed deploy, or delete it if it holds nothing, then run this again"
        )


def _ask() -> None:
    sys.stdout.write("\nDo this? Only 'yes' is taken: ")
    sys.stdout.flush()
    if sys.stdin.readline().strip() != "yes":
        raise OperationError("Nothing was changed.")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
