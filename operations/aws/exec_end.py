"""Until when ECS Exec is on for a service, as its tags say, and why."""

from dataclasses import dataclass
from datetime import UTC, datetime

from environments.tags import EXEC_REASON, EXEC_UNTIL
from operations.aws.clients import Document


@dataclass(frozen=True)
class ExecEnd:
    """The end and the reason that a service carries."""

    until: datetime
    reason: str

    @property
    def has_passed(self) -> bool:
        """Whether ECS Exec should be off by now."""
        return self.until <= datetime.now(UTC)

    def __str__(self) -> str:
        return f"{self.until:%Y-%m-%dT%H:%M:%SZ} ({self.reason})"


def exec_end(service: Document) -> ExecEnd | None:
    """Return the end of a service that was described with its tags; None if it has none that can be read."""
    tags = {tag["key"]: tag["value"] for tag in service.get("tags", ())}
    try:
        until = datetime.fromisoformat(tags.get(EXEC_UNTIL, "")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return ExecEnd(until, tags.get(EXEC_REASON, ""))
