"""``show-plan``: say what a saved plan of Terraform's does, as a review says it."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from operations.aws.clients import Document
from operations.command import ProjectCommand
from operations.errors import ExitStatus, OperationError
from operations.review.changes import Verdict
from operations.review.environment_review import verdicts
from operations.review.plan import Reader
from operations.review.planning import Stack
from operations.review.report.terminal import terminal
from operations.review.verdict import Review
from operations.terraform import Terraform
from operations.text import many
from rules.configuration import Configuration

_DESCRIPTION = """\
Say what a plan does that Terraform saved: what is replaced or destroyed, which
permissions come and go, what changes besides tags; changes of tags alone are
a line each, however many resources have them. It changes nothing.
docs/reviewing.md says how to read it."""


def saved_plan(plan: Document, head: Configuration, *, name: str, file: str) -> Review:
    """Review a plan: what is there now is its prior state, what will be is ``head``, with the values that are known."""
    base, planned = (Stack(_side(plan, side), None) for side in (_before, lambda each: _after(each, head)))
    reading = Reader(Configuration({}), head).read(plan)
    changes = [each for each in reading.changes if each.verdict != Verdict.MOVE]
    moved = len(reading.changes) - len(changes)
    notes = [f"{many(moved, 'resource')} only moved to another address in the state"] if moved else []
    environment = verdicts(name, base, planned, replace(reading, changes=changes), notes)
    return Review("what is there", f"the plan {file}", (environment,), {})


def _side(plan: Document, values: Callable[[Document], Document | None]) -> Configuration:
    """Return one side of a plan as a configuration: its permissions and openings are compared, by their values."""
    resources: dict[str, dict[str, Document]] = {}
    for each in plan["resource_changes"]:
        found = values(each)
        if each["mode"] == "managed" and found is not None:
            resources.setdefault(each["type"], {})[each["address"].removeprefix(f"{each['type']}.")] = found
    return Configuration({"resource": resources})


def _before(planned: Document) -> Document | None:
    before: Document | None = planned["change"]["before"]
    return before


def _after(planned: Document, head: Configuration) -> Document | None:
    """Return the values that a resource will have; those that AWS decides on as they are written."""
    change, resource = planned["change"], head.find(planned["address"])
    if change["after"] is None:
        return None
    unknown = (name for name, mark in (change.get("after_unknown") or {}).items() if mark is True)
    written = resource.arguments if resource else {}
    return {**change["after"], **{name: written[name] for name in unknown if name in written}}


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="the stack's folder, such as cdktf.out/stacks/dev")
    parser.add_argument("plan", metavar="PLAN", help="the plan's file in it, as given to terraform plan -out=PLAN")


def _run(chosen: Namespace) -> int:
    folder: Path = chosen.folder
    if not (folder / "cdk.tf.json").is_file():
        raise OperationError(f"{folder} is no folder of a stack; give one such as cdktf.out/stacks/dev")
    plan = Terraform(folder.name, folder).saved_plan(chosen.plan)
    review = saved_plan(plan, Configuration.read(folder), name=folder.name, file=chosen.plan)
    sys.stdout.write(terminal(review))
    return ExitStatus.FINE


SHOW_PLAN = ProjectCommand(
    name="show-plan",
    summary="say what a saved plan of Terraform's does, as a review does",
    description=_DESCRIPTION,
    add_arguments=_add_arguments,
    run=_run,
)
