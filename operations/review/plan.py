"""Reads Terraform's plan: https://developer.hashicorp.com/terraform/internals/json-format."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from operations.aws.clients import Document
from operations.errors import OperationError
from operations.review.changes import Change, Culprit, Verdict
from operations.review.values import ABSENT, Difference, Masked, differences
from rules.configuration import Configuration, construct_of

_MAJOR = "1"
_VERDICTS = {
    ("create",): Verdict.CREATE,
    ("update",): Verdict.UPDATE,
    ("delete",): Verdict.DESTROY,
    ("delete", "create"): Verdict.REPLACE,
    ("create", "delete"): Verdict.REPLACE,
    ("create", "forget"): Verdict.REPLACE,
    ("forget",): Verdict.FORGET,
}
_REASONS = {
    "replace_because_cannot_update": "",
    "replace_because_tainted": "it is tainted",
    "replace_by_request": "it was asked for",
    "replace_by_triggers": "replace_triggered_by",
    "delete_because_no_resource_config": "it is not in the code any more",
    "delete_because_no_module": "its module is not in the code any more",
    "delete_because_wrong_repetition": "it has another for_each or count",
    "delete_because_count_index": "its count is smaller",
    "delete_because_each_key": "its key is not in for_each any more",
    "delete_because_no_move_target": "its moved block leads nowhere",
}
_REFERENCE = re.compile(r"(?<![\w.])([a-z]\w*\.\w+(?:\[\"[^\"]+\"\])?)\.")


@dataclass(frozen=True)
class Reading:
    """What a plan says, and what it leaves open."""

    changes: list[Change] = field(default_factory=list)
    not_looked_at: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reader:
    """Reads plans of one environment: ``explain`` puts the references back that placeholders stand for."""

    base: Configuration
    head: Configuration
    explain: Callable[[str], str] = str

    def read(self, plan: Document) -> Reading:
        """Return every change; raises OperationError if the format is another major version's."""
        version = str(plan.get("format_version", "none"))
        if version.partition(".")[0] != _MAJOR:
            raise OperationError(
                f"Terraform writes its plan in format {version}, this review reads {_MAJOR}.x; "
                "use the Terraform that CONTRIBUTING.md names, or update this project"
            )
        reading = Reading()
        for planned in plan.get("resource_changes", []):
            self._read_one(planned, reading)
        reading.not_looked_at.extend(_failed_checks(plan))
        moving = {each.address for each in reading.changes if each.verdict in (Verdict.CREATE, Verdict.REPLACE)}
        return Reading([_following(each, moving) for each in reading.changes], reading.not_looked_at)

    def _read_one(self, planned: Document, reading: Reading) -> None:
        address, actions = planned["address"], tuple(planned["change"]["actions"])
        if planned.get("mode") == "data":
            if actions == ("read",):
                reading.not_looked_at.append(f"{address}: read only when it is deployed")
            return
        verdict = _VERDICTS.get(actions) or self._without_action(planned)
        if verdict:
            reading.changes.append(self._change(planned, verdict))
        elif actions != ("no-op",):
            reading.not_looked_at.append(
                f"{address}: Terraform plans {', '.join(actions)}, which this review cannot read"
            )

    def _without_action(self, planned: Document) -> Verdict | None:
        if planned["change"]["actions"] != ["no-op"]:
            return None
        if planned["change"].get("importing"):
            return Verdict.IMPORT
        return Verdict.MOVE if planned.get("previous_address") else None

    def _change(self, planned: Document, verdict: Verdict) -> Change:
        address, change = planned["address"], planned["change"]
        actions = tuple(change["actions"])
        reason = planned.get("action_reason") or ""
        compared = verdict in (Verdict.UPDATE, Verdict.REPLACE)
        differing, follows = self._compared(planned) if compared else ((), ())
        return Change(
            address,
            planned["type"],
            construct_of(address, self.head, self.base),
            verdict,
            differences=differing,
            culprits=tuple(self._culprits(planned)) if verdict == Verdict.REPLACE else (),
            reason=_REASONS.get(reason, reason.replace("_", " ")),
            previous_address=planned.get("previous_address"),
            create_first=actions[:1] == ("create",) and len(actions) > 1,
            # skip_destroy: an old revision of a task definition stays registered.
            keeps_old="forget" in actions or (change.get("before") or {}).get("skip_destroy") is True,
            follows=follows,
        )

    def _compared(self, planned: Document) -> tuple[tuple[Difference, ...], tuple[str, ...]]:
        """Return what differs, and the references whose new values are not known yet."""
        change = planned["change"]
        found: list[Difference] = []
        follows: list[str] = []
        before, after = change.get("before") or {}, change.get("after") or {}
        unknown = change.get("after_unknown") or {}
        for name in sorted({*before, *after, *unknown}):
            if name == "tags_all" or (name == "tags" and "tags_all" in after):
                continue
            if _has_unknown(unknown.get(name)):
                follows.extend(self._references(planned, name))
            differing = differences(name, self._old(planned, name), self._new(planned, name))
            found.extend(each for each in differing if not self._is_zero_of_nobody(planned, each))
        tags = [
            self._shown(side.get("tags_all"), change.get(f"{when}_sensitive") or {}, "tags_all")
            for when, side in (("before", before), ("after", after))
        ]
        found.extend(differences("tags", *tags))
        return tuple(found), tuple(dict.fromkeys(follows))

    def _is_zero_of_nobody(self, planned: Document, difference: Difference) -> bool:
        """Whether the provider only writes no value in another way: as 0 or false, in what nobody wrote."""
        sides = (difference.before, difference.after)
        if not all(each is ABSENT or each is None or each in (0, "") for each in sides):
            return False
        name, last = difference.path.partition(".")[0], difference.path.rpartition(".")[2]
        written = str([self._written(planned, name, each) for each in (self.base, self.head)])
        return f"'{last}'" not in written if last != name else written == "[None, None]"

    def _old(self, planned: Document, name: str) -> Any:  # noqa: ANN401 - any JSON
        change = planned["change"]
        if _has_unknown((change.get("after_unknown") or {}).get(name)):
            # As it is written on both sides: what AWS decides on has no value, and what nobody wrote is no news.
            value = self._written(planned, name, self.base)
        else:
            value = (change.get("before") or {}).get(name)
        return self._shown(value, (change.get("before_sensitive") or {}), name)

    def _new(self, planned: Document, name: str) -> Any:  # noqa: ANN401 - any JSON
        change = planned["change"]
        unknown = (change.get("after_unknown") or {}).get(name)
        value = (
            self._written(planned, name, self.head) if _has_unknown(unknown) else (change.get("after") or {}).get(name)
        )
        return self._shown(value, (change.get("after_sensitive") or {}), name)

    def _shown(self, value: Any, marks: Any, name: str) -> Any:  # noqa: ANN401 - any JSON
        mark = marks.get(name) if isinstance(marks, dict) else marks
        return _masked(_explained(value, self.explain), mark)

    def _written(self, planned: Document, name: str, configuration: Configuration) -> Any:  # noqa: ANN401 - any JSON
        address = planned["address"]
        if configuration is self.base:
            address = planned.get("previous_address", address)
        resource = configuration.find(address)
        return resource.arguments.get(name) if resource else None

    def _references(self, planned: Document, name: str) -> list[str]:
        return _REFERENCE.findall(str(self._written(planned, name, self.head)))

    def _culprits(self, planned: Document) -> Iterator[Culprit]:
        change = planned["change"]
        for steps in change.get("replace_paths") or []:
            name = str(steps[0])
            unknown = _has_unknown((change.get("after_unknown") or {}).get(name))
            follows = self._references(planned, name) if unknown else []
            yield Culprit(_path(steps), tuple(dict.fromkeys(follows)))


def _following(change: Change, moving: set[str]) -> Change:
    """Keep of the references those to what is created or replaced: only their values are not known yet."""
    culprits = tuple(replace(each, follows=_those(each.follows, moving)) for each in change.culprits)
    return replace(change, culprits=culprits, follows=_those(change.follows, moving))


def _those(addresses: tuple[str, ...], moving: set[str]) -> tuple[str, ...]:
    return tuple(each for each in addresses if each in moving)


def _failed_checks(plan: Document) -> Iterator[str]:
    for check in plan.get("checks") or []:
        if check.get("status") in ("fail", "error"):
            problems = [
                p.get("message", "") for each in check.get("instances") or [] for p in each.get("problems") or []
            ]
            yield f"{check['address']['to_display']}: its condition does not hold: {' '.join(problems)}"


def _has_unknown(mark: Any) -> bool:  # noqa: ANN401 - any JSON
    match mark:
        case dict():
            return any(_has_unknown(each) for each in mark.values())
        case list():
            return any(_has_unknown(each) for each in mark)
        case _:
            return bool(mark)


def _masked(value: Any, mark: Any) -> Any:  # noqa: ANN401 - any JSON
    """Hide what is marked: true for all of it, or a value of the same shape."""
    if mark is True:
        return Masked(value)
    match value, mark:
        case dict(), dict():
            return {key: _masked(inner, mark.get(key)) for key, inner in value.items()}
        case list(), list():
            return [_masked(inner, mark[index] if index < len(mark) else None) for index, inner in enumerate(value)]
        case list() | str(), _ if _has_unknown(mark):
            # The shapes differ: all of it is hidden, rather than the wrong part.
            return Masked(value)
        case _:
            return value


def _explained(value: Any, explain: Callable[[str], str]) -> Any:  # noqa: ANN401 - any JSON
    match value:
        case str():
            return explain(value)
        case dict():
            return {key: _explained(inner, explain) for key, inner in value.items()}
        case list():
            return [_explained(inner, explain) for inner in value]
        case _:
            return value


def _path(steps: list[Any]) -> str:
    return ".".join(str(step) for step in steps if not isinstance(step, int))
