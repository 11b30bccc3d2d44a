"""Reviews one environment: plans its head on its base, and reads the plan."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

from operations.aws.clients import Document
from operations.errors import OperationError
from operations.review.moves import with_moves
from operations.review.plan import Reader, Reading
from operations.review.planning import Planning, Stack
from operations.review.values import Difference, Masked, differences
from operations.review.verdict import EnvironmentReview
from operations.text import many
from rules.configuration import Configuration
from rules.iam import Permissions
from rules.openings import openings

_EMPTY = Stack(Configuration({"terraform": {}}), None)


@dataclass(frozen=True)
class EnvironmentReviewer:
    """Reviews one environment in a folder that nothing else uses."""

    name: str
    planning: Planning
    say: Callable[[str], None]

    def review(self, base: Stack | None, head: Stack | None, *, deploy: bool) -> EnvironmentReview:
        """Return the verdicts, or why there are none."""
        if head is None:
            return removed(self.name, base or _EMPTY)
        with closing(self.planning):
            try:
                notes = self._prepare(base, deploy=deploy) if base else ["new environment: its state is empty"]
                self.say(f"{self.name}: planning the head on it")
                plan = self.planning.plan(head)
            except OperationError as error:
                return EnvironmentReview(self.name, failure=str(error))
        return verdicts(self.name, base or _EMPTY, head, self._read(plan, base or _EMPTY, head), notes)

    def _prepare(self, base: Stack, *, deploy: bool) -> list[str]:
        """Make a state of the base; return what the reader must know of how."""
        if not deploy:
            self.say(f"{self.name}: planning the base")
            try:
                left = self.planning.pretend(base)
            except OperationError as error:
                if self.planning.terraform.interruption.requested.is_set():
                    raise
                left = [str(error)]
            if not left:
                return []
            self.say(f"{self.name}: the base does not become a state without a deploy, so it is deployed: {left[0]}")
        self.say(f"{self.name}: deploying the base to a local AWS, about two minutes")
        self.planning.deploy(base)
        return [] if deploy else [f"the base was deployed to a local AWS, because of {', '.join(left)}"]

    def _read(self, plan: Document | None, base: Stack, head: Stack) -> Reading:
        if plan is None:
            return Reading()
        reader = Reader(base.configuration, head.configuration, self.planning.placeholders.explained)
        return reader.read(plan)


def verdicts(name: str, base: Stack, head: Stack, reading: Reading, notes: list[str]) -> EnvironmentReview:
    """Put together what the plan says and what the two configurations say."""
    before, after = with_moves(base.configuration, head.configuration), head.configuration
    had, has = Permissions.of(before), Permissions.of(after)
    opened, closed = openings(after) - openings(before), openings(before) - openings(after)
    unreadable = (each for each, text in has.unreadable.items() if had.unreadable.get(each) != text)
    return EnvironmentReview(
        name,
        changes=tuple(reading.changes),
        won=tuple(has.beyond(had)),
        lost=tuple(had.beyond(has)),
        opened=tuple(sorted(opened)),
        closed=tuple(sorted(closed)),
        outputs=tuple(_outputs(before, after)),
        not_looked_at=(
            *reading.not_looked_at,
            *(f"{each}: a policy that only Terraform can put together" for each in unreadable),
            *_around(base, head),
        ),
        notes=tuple(notes),
        environment_tag=after.environment_tag,
    )


def removed(name: str, base: Stack) -> EnvironmentReview:
    """Say what becomes of an environment that is not in the code any more."""
    count = many(len(base.configuration.resources), "resource")
    reason = f"the environment is not in the code any more: what it has ({count}) stays in AWS, and nothing manages it"
    return EnvironmentReview(name, not_looked_at=(reason,))


def _outputs(base: Configuration, head: Configuration) -> Iterator[Difference]:
    before, after = (
        {name: _output(each) for name, each in of.content.get("output", {}).items()} for of in (base, head)
    )
    return differences("", before, after)


def _output(output: Document) -> object:
    return Masked(output.get("value")) if output.get("sensitive") else output.get("value")


def _around(base: Stack, head: Stack) -> Iterator[str]:
    """Return what is around the resources: it decides where and with what they are deployed, and is in no plan."""
    if base.lock and head.lock and base.lock != head.lock:
        yield "another release of the provider is locked: each revision was planned with its own"
    old, new = (dict(each.configuration.content.get("terraform", {})) for each in (base, head))
    if not old:
        return
    for each in differences("terraform", old, new):
        yield f"{each.path} changes: where the state is, and what reads it, is in no plan"
    for index, provider in enumerate(_providers(head)):
        others = _providers(base)
        known = others[index] if index < len(others) else {}
        for each in differences("provider", known, provider):
            yield f"{each.path} changes: what the provider connects to is in no plan"
    if head.configuration.content.get("import"):
        yield "import: what is imported can only be seen in the real account"


def _providers(stack: Stack) -> list[Document]:
    providers = stack.configuration.content.get("provider", {}).values()
    every = [each for named in providers for each in (named if isinstance(named, list) else [named])]
    # Tags are looked at in the resources that get them.
    return [{key: value for key, value in each.items() if key != "default_tags"} for each in every]
