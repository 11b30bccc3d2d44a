"""What an environment decides about ECS Exec."""

from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from environments.base import Boolean, Settings, decided, format_value
from environments.log_retention import RetentionDays
from environments.tags import EXEC_REASON, EXEC_UNTIL, VALUE_CHARACTERS, PrincipalTagKey, TagValue, is_tag_value

EXAMPLE_END = datetime(2026, 12, 1, 18, tzinfo=UTC)


def checked_reason(text: str) -> str:
    """Return a reason as it is; raise ValueError unless it can be the value of a tag, which is where it is kept."""
    if not (text.strip() == text != "" and is_tag_value(text)):
        raise ValueError(f"{format_value(text)} is not a reason; give 1 to 256 {VALUE_CHARACTERS}")
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tag.html
    if text.lower().startswith("aws:"):
        raise ValueError(f"{format_value(text)} starts with aws:, which is AWS's own; start with another word")
    return text


def _time(value: object) -> datetime:
    """Read a time of TOML or, from a variable, its text; return it in UTC, in whole seconds."""
    time = _parsed(value) if isinstance(value, str) else value
    if not isinstance(time, datetime):
        advice = f"write one such as {format_value(EXAMPLE_END)}"
        raise ValueError(f"{format_value(value)} is not a time; {advice}")  # noqa: TRY004 - what pydantic reports
    if time.tzinfo is None:
        text = time.isoformat(timespec="seconds")
        raise ValueError(f"{text} does not say in which zone; write {text}Z for UTC, or an offset such as {text}+01:00")
    try:
        return time.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        raise ValueError(f"{format_value(time)} is out of range; choose a year such as 2026") from None


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


class TimedToggle(Settings):
    """A toggle that is on for a reason and until an end, in UTC; both stand as tags on the service."""

    reason: Annotated[str, AfterValidator(checked_reason)] = Field(examples=["incident 4711"])
    until: Annotated[datetime, BeforeValidator(_time)] = Field(examples=[EXAMPLE_END])

    @property
    def tags(self) -> dict[str, str]:
        """The tags of a service that is open for this reason."""
        return {EXEC_REASON: self.reason, EXEC_UNTIL: format_value(self.until)}


def _form(value: object) -> str:
    return "timed" if isinstance(value, (dict, TimedToggle)) else "plain"


Toggle = Annotated[
    Annotated[Boolean, Tag("plain")] | Annotated[TimedToggle, Tag("timed")],
    Discriminator(_form),
]


class ExecSettings(Settings):
    """Who may open a shell in which service's containers: a toggle per service, all off unless the environment says so.

    Every key but those below is the name of a service. A toggle is `true`, `false`, or on for a reason and until an
    end: `{ reason = "incident 4711", until = 2026-12-01T18:00:00Z }`. Past its end it is off. A switch rolls that
    service's tasks and touches no other's; another reason or end changes tags alone.

    `policy` is what the task roles get: `minimal` is four actions of ECS Exec; `managed` is AWS's
    AmazonSSMManagedInstanceCore, with which a container also reads every SSM parameter of the account. Changing it
    replaces the attachments. `encrypted` adds a KMS key for the sessions and their log.
    `log_retention_days` is how long their log is kept, otherwise as long as any other.

    `operator_policy` makes a policy that allows sessions in the services that are on, for you to attach to people;
    with `operator_tags` it holds for principals that have all of these tags. Both change in place.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
    """

    # The names of the services are known to the environment alone, which checks them.
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Toggle] = Field(init=False)

    policy: Literal["managed", "minimal"] = "minimal"
    encrypted: Boolean = False
    log_retention_days: RetentionDays | None = None
    operator_policy: Boolean = False
    operator_tags: dict[PrincipalTagKey, TagValue] = Field(default_factory=dict)

    _ended: frozenset[str] = PrivateAttr(default=frozenset())

    @property
    def toggles(self) -> dict[str, bool | TimedToggle]:
        """The services that have a toggle, as it is written."""
        return dict(self.__pydantic_extra__)

    @property
    def timed(self) -> dict[str, TimedToggle]:
        """The services that are on until an end that is still to come."""
        return {name: each for name, each in self._timed.items() if name not in self._ended}

    @property
    def ended(self) -> dict[str, TimedToggle]:
        """The services whose toggle is off because its end has passed."""
        return {name: each for name, each in self._timed.items() if name in self._ended}

    @property
    def enabled(self) -> tuple[str, ...]:
        """The services switched on, in alphabetical order."""
        return tuple(sorted(name for name, on in self.toggles.items() if on and name not in self._ended))

    @property
    def _timed(self) -> dict[str, TimedToggle]:
        return {name: each for name, each in self.toggles.items() if isinstance(each, TimedToggle)}

    @model_validator(mode="after")
    def _off_past_its_end(self, info: ValidationInfo) -> Self:
        now = decided(info).get("now")
        if isinstance(now, datetime):
            self._ended = frozenset(name for name, each in self._timed.items() if each.until <= now)
        return self

    @field_validator("operator_tags")
    @classmethod
    def _of_a_policy(cls, tags: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        if tags and info.data.get("operator_policy") is False:
            raise ValueError("there is no policy to narrow; add operator_policy = true, or remove it")
        return tags


RESERVED_KEYS = tuple(ExecSettings.model_fields)
"""The keys that are not names of services."""
