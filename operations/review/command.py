"""``review``: say what a change of code or settings does to AWS."""

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from environments import names, write_notices
from operations.command import ProjectCommand
from operations.errors import ExitStatus
from operations.review.report.machine import machine
from operations.review.report.markdown import markdown
from operations.review.report.terminal import terminal
from operations.review.reviewing import Request, review
from operations.review.revisions import WORKING_TREE
from operations.review.rules import RULES

_DESCRIPTION = """\
Say what a change of code or settings does to AWS: create, update, replace,
destroy, with Terraform's own verdict, without AWS credentials.
docs/reviewing.md says how to read it.

Exit status: 0 reviewed, 1 a rule of --fail-on fired, 2 could not be reviewed."""

_FORMATS = {"terminal": terminal, "markdown": markdown, "json": machine}


def _add_arguments(parser: ArgumentParser) -> None:
    environments = parser.add_argument("environments", metavar="ENV", nargs="*", help="environments (default: all)")
    environments.completer = lambda **_: names()  # type: ignore[attr-defined] # argcomplete's way to say it
    parser.add_argument("--base", metavar="REV", required=True, help="the revision that is deployed, such as main")
    parser.add_argument("--head", metavar="REV", default=WORKING_TREE, help="the change (default: the working tree)")
    parser.add_argument("--format", choices=_FORMATS, default="terminal", help="default: %(default)s")
    parser.add_argument(
        "--fail-on", metavar="RULE,…", type=_rules, default=(), help=f"exit with 1 on any of {', '.join(RULES)}"
    )
    parser.add_argument(
        "--deploy", action="store_true", help="deploy the base to a local AWS first: minutes, not seconds"
    )
    parser.add_argument(
        "--pictures", metavar="DIR", type=Path, help="draw there what looks different, before and after: needs Graphviz"
    )
    parser.add_argument(
        "--summary", metavar="FILE", type=Path, help="append the uncut report in Markdown: $GITHUB_STEP_SUMMARY"
    )


def _run(chosen: Namespace) -> int:
    if chosen.head == WORKING_TREE:
        write_notices(name for name in names() if name in chosen.environments or not chosen.environments)
    request = Request(
        chosen.base,
        chosen.head,
        tuple(chosen.environments),
        chosen.fail_on,
        pictures=chosen.pictures,
        deploy=chosen.deploy,
    )
    reviewed = review(request)
    sys.stdout.write(_FORMATS[chosen.format](reviewed))
    if chosen.summary:
        with chosen.summary.open("a", encoding="utf-8") as file:
            file.write(markdown(reviewed, limit=None))
    if reviewed.failures:
        return ExitStatus.COULD_NOT_LOOK
    return ExitStatus.FOUND_WRONG if reviewed.findings else ExitStatus.FINE


def _rules(text: str) -> tuple[str, ...]:
    chosen = tuple(name for name in text.split(",") if name)
    for name in chosen:
        if name not in RULES:
            raise ArgumentTypeError(f"{name} is no rule; choose from {', '.join(RULES)}")
    return chosen


REVIEW = ProjectCommand(
    name="review",
    summary="say what a change of code or settings does to AWS, without credentials",
    description=_DESCRIPTION,
    add_arguments=_add_arguments,
    run=_run,
    when_interrupted="Stopped; nothing is left behind.",
)
