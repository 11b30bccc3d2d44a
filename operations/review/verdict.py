"""What a review says: of each environment, and of all of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from operations.review.changes import Change, Verdict
from operations.review.exposure import Exposure
from operations.review.values import Difference
from rules.iam import Attachment, Permission
from rules.openings import Opening

# Settings that stand between a mistake and data, with the value that protects.
_PROTECTIONS = {
    "deletion_protection": True,
    "enable_deletion_protection": True,
    "skip_final_snapshot": False,
    "force_destroy": False,
    "force_delete": False,
    "publicly_accessible": False,
    "storage_encrypted": True,
    "encrypted": True,
}


@dataclass(frozen=True)
class EnvironmentReview:
    """The verdicts on one environment; ``failure`` is why there are none."""

    name: str
    changes: tuple[Change, ...] = ()
    won: tuple[Permission | Attachment, ...] = ()
    lost: tuple[Permission | Attachment, ...] = ()
    opened: tuple[Opening, ...] = ()
    closed: tuple[Opening, ...] = ()
    outputs: tuple[Difference, ...] = ()
    not_looked_at: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    failure: str | None = None
    environment_tag: str | None = None
    pictures: tuple[str, ...] = ()

    @property
    def dangers(self) -> list[Change]:
        """What loses data."""
        return [each for each in self.changes if each.loses_data]

    @property
    def others(self) -> list[Change]:
        """What loses no data."""
        return [each for each in self.changes if not each.loses_data]

    def count(self, verdict: Verdict) -> int:
        """Return how many resources have a verdict."""
        return sum(each.verdict == verdict for each in self.changes)

    @property
    def protections_lost(self) -> list[tuple[Change, Difference]]:
        """What protected data, and does not any more."""
        return [
            (change, difference)
            for change in self.changes
            for difference in change.differences
            if _PROTECTIONS.get(difference.path, ...) is difference.before
        ]

    @property
    def changes_nothing(self) -> bool:
        """Whether Terraform has nothing to do, and everything could be looked at."""
        return not (self.changes or self.outputs or self.not_looked_at or self.failure)


@dataclass(frozen=True)
class Cell:
    """One cell of the exposure matrix; None if there is no such service."""

    before: Exposure | None
    after: Exposure | None

    @property
    def changes(self) -> bool:
        """Whether the change shows here: of a service that is off, how sessions are kept says nothing."""
        return str(self.before) != str(self.after)

    def opens(self) -> bool:
        """Whether a shell becomes possible."""
        return bool(self.after and self.after.on) and not (self.before and self.before.on)


@dataclass(frozen=True)
class Finding:
    """A rule of --fail-on that fired, with what it fired for."""

    rule: str
    environment: str
    subject: str


@dataclass(frozen=True)
class Review:
    """A whole review."""

    base: str
    head: str
    environments: tuple[EnvironmentReview, ...]
    matrix: Mapping[str, Mapping[str, Cell]]
    findings: tuple[Finding, ...] = field(default=())

    @property
    def unchanged(self) -> list[str]:
        """The environments in which nothing changes."""
        return [each.name for each in self.environments if each.changes_nothing]

    @property
    def changed(self) -> Iterator[EnvironmentReview]:
        """The environments in which something changes, or that could not be reviewed."""
        return (each for each in self.environments if not each.changes_nothing)

    @property
    def failures(self) -> list[EnvironmentReview]:
        """The environments that could not be reviewed."""
        return [each for each in self.environments if each.failure]
