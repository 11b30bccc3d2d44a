"""Where resources were before: Terraform then moves them in its state, instead of destroying and creating them.

https://developer.hashicorp.com/terraform/language/moved
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from constructs.bindings import TerraformStack

from environments import Environment

RENAMED: Mapping[str, str] = {}
"""Addresses of earlier releases, each with the next one it had.

Never remove an entry: someone may upgrade across several releases.
"""

_HCL_ADDRESSES = Path(__file__).with_name("hcl_addresses.tsv")
_FORGOTTEN = "forgotten"


class Move(NamedTuple):
    """An address and the new one; without one, Terraform forgets the object and leaves it in AWS."""

    before: str
    after: str | None


def add_moved_blocks(stack: TerraformStack, environment: Environment) -> None:
    """Add the ``moved`` blocks of earlier releases and, if the environment adopts the HCL, those from its addresses.

    What has no place here is forgotten, not destroyed: the database's parameter group, and the HCL's revisions of the
    task definitions. A replacement would deregister them, and a rollback needs them.
    """
    adopted = hcl_moves(len(environment.network.zones)) if environment.state.adopt_hcl else ()
    moves = [*adopted, *_renames()]
    if moved := [{"from": move.before, "to": move.after} for move in moves if move.after]:
        stack.add_override("moved", moved)
    if forgotten := [{"from": move.before, "lifecycle": {"destroy": False}} for move in moves if not move.after]:
        stack.add_override("removed", forgotten)


def hcl_moves(zones: int) -> Iterator[Move]:
    """Return where each resource of the HCL is here; zones are numbered from 0 there, from 1 here."""
    with _HCL_ADDRESSES.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    for before, after in rows:
        for index in range(zones if "{index}" in before else 1):
            here = None if after == _FORGOTTEN else after.replace("{number}", str(index + 1))
            yield Move(before.replace("{index}", str(index)), here)


def _renames() -> Iterator[Move]:
    return (Move(before, after) for before, after in RENAMED.items())
