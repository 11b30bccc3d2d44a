"""Looks at several services side by side, so that a call refused for one leaves the answers for the others."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from operations.threads import side_by_side
from operations.verification.faults import could_not_check
from operations.verification.findings import Finding


class Named(Protocol):
    """Anything that stands for a service and has its name."""

    @property
    def name(self) -> str:
        """The service's name in the settings."""


OfService = TypeVar("OfService", bound=Named)


class Part(NamedTuple):
    """What was seen of one service, or of several together: numbers, and a finding for each fault."""

    counts: Mapping[str, int]
    findings: Sequence[Finding] = ()


def guarded(findings: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """Return findings, or the one that says why they could not be made: then the rest of a check still counts."""
    try:
        return list(findings())
    except Exception as error:  # noqa: BLE001 - whatever stops one part must not hide the others
        return [could_not_check(error)]


def look_at_each(services: Iterable[OfService], look: Callable[[OfService], Part]) -> Part:
    """Look at every service, each in a thread; return the sums of their counts, and all findings in order."""

    def look_at(service: OfService) -> Part:
        try:
            return look(service)
        except Exception as error:  # noqa: BLE001 - whatever stops one service must not hide the others
            return Part({}, [could_not_check(error, name=service.name)])

    parts = side_by_side(look_at, services)
    counts: Counter[str] = Counter()
    for part in parts:
        counts.update(part.counts)
    return Part(dict(counts), [finding for part in parts for finding in part.findings])
