"""``picture``: draw an environment."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from environments import Environment
from operations.command import Command
from operations.errors import ExitStatus
from operations.picture.drawing import draw
from operations.picture.files import write
from operations.picture.synthesis import synthesized

_DESCRIPTION = """\
Draw an environment as its settings describe it: the tiers of the network, what
runs and keeps data there, who may talk to whom on which port, where ECS Exec is
on. It needs Graphviz and no AWS."""


def _run(environment: Environment, chosen: Namespace) -> int:
    file = Path(chosen.output or f"docs/pictures/{environment.name}.svg")
    changed = write(draw(synthesized(environment.name)), file)
    sys.stdout.write(f"{file}: {'drawn' if changed else 'up to date'}\n")
    return ExitStatus.FINE


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--output",
        metavar="FILE",
        help="a file whose name ends in .svg, .png or .dot (default: docs/pictures/ENV.svg)",
    )


PICTURE = Command(
    name="picture",
    summary="draw an environment: network, services, who may talk to whom",
    description=_DESCRIPTION,
    add_arguments=_add_arguments,
    run=_run,
)
