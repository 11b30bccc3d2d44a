"""What a picture consists of: boxes in tiers of the network, and arrows between them."""

from dataclasses import dataclass
from enum import StrEnum

INTERNET = "internet"


class Look(StrEnum):
    """What a box is, which decides its colour."""

    ENTRY = "entry"
    COMPUTE = "compute"
    STORAGE = "storage"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Box:
    """Something that runs or keeps data. Without a tier it is outside the network."""

    id: str
    title: str
    kind: str
    look: Look
    facts: tuple[str, ...] = ()
    tier: str | None = None
    exec_on: bool | None = None
    """Whether people may open a shell in it; None if it runs no containers."""


@dataclass(frozen=True)
class Tier:
    """Subnets of one purpose, one per zone."""

    name: str
    subnets: tuple[str, ...]
    way_out: str


class Line(StrEnum):
    """What an arrow says."""

    ALLOWED = "allowed"
    BLOCKED = "blocked"
    """Something is meant to talk, but a security group stands in between."""
    USES = "uses"
    """Over AWS's API, which no security group limits."""


@dataclass(frozen=True)
class Arrow:
    """From what opens the connection to what answers it."""

    source: str
    target: str
    label: str
    line: Line = Line.ALLOWED
    both_ways: bool = False
    """Whether the target opens connections too; the label then says to whom each port belongs."""
