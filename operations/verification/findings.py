"""What a check answers: what it saw, and what is not as it should be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a check ended, from best to worst.

    ERROR is worse than FAIL: what could not be checked may be broken too, so the answer is incomplete.
    """

    PASS = "pass"  # noqa: S105 - not a password
    SKIP = "skip"
    WARN = "warn"
    FAIL = "fail"
    ERROR = "error"


_FROM_BEST_TO_WORST = tuple(Status)


def worst(statuses: Sequence[Status]) -> Status:
    """Return the worst of several statuses; ``PASS`` if there are none."""
    return max(statuses, key=_FROM_BEST_TO_WORST.index, default=Status.PASS)


def failed(status: Status, *, strict: bool) -> bool:
    """Return whether a status counts as failed; with ``strict`` whatever is not known to be fine does."""
    return status is Status.FAIL or (strict and status in (Status.WARN, Status.SKIP))


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be: a stable id for machines, the reason, and how to fix it."""

    status: Status
    id: str
    reason: str
    remedy: str = ""


@dataclass(frozen=True)
class Seen:
    """What one check saw: in a few words, in numbers, and with a finding for each fault."""

    summary: str
    counts: Mapping[str, int]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Result:
    """A check's answer, and how long it took."""

    check: str
    seen: Seen
    seconds: float

    @property
    def status(self) -> Status:
        """The worst status of its findings."""
        return worst([finding.status for finding in self.seen.findings])


class CannotCheckError(Exception):
    """A check cannot go on; the finding says why, and with which status the check ends."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.reason)
        self.finding = finding
