"""What a protected environment must have."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from environments.base import FaultBelow, Settings, format_value
from environments.exec_access import EXAMPLE_END, ExecSettings

LEAST_BACKUP_DAYS = 7


class Wanted(NamedTuple):
    """A setting that a protected environment needs: what holds for it, and the line that says so."""

    key: str
    holds: Callable[[Any], bool]
    line: str


_OR_OURS = ", or access_logs = true at the top of the file"
_BUCKETS_OF_LOGS = ("access_logs_bucket", "logging_bucket")

_WANTED: Mapping[str, tuple[Wanted, ...]] = {
    "database": (
        Wanted("multi_az", bool, "multi_az = true"),
        Wanted("deletion_protection", bool, "deletion_protection = true"),
        Wanted(
            "backup_retention_days",
            lambda days: days >= LEAST_BACKUP_DAYS,
            f"backup_retention_days = {LEAST_BACKUP_DAYS}, or more",
        ),
    ),
    "load_balancer": (
        Wanted("deletion_protection", bool, "deletion_protection = true"),
        Wanted("access_logs_bucket", bool, f'access_logs_bucket = "acme-logs"{_OR_OURS}'),
    ),
    "exec": (
        Wanted("policy", lambda policy: policy == "minimal", 'policy = "minimal"'),
        Wanted("encrypted", bool, "encrypted = true"),
    ),
    "cdn": (Wanted("logging_bucket", bool, f'logging_bucket = "acme-logs"{_OR_OURS}'),),
    "delivery": (
        Wanted(
            "principal", lambda principal: principal == "oidc", 'principal = "oidc", with a repository and a branch'
        ),
    ),
}
SECTIONS = tuple(_WANTED)
"""The sections that a protected environment has rules for."""

PROTECTED: tuple[tuple[str, ...], ...] = (
    ("protected",),
    ("access_logs",),
    ("exec",),
    ("delivery",),
    ("rule_exceptions",),
    *((section, each.key) for section in ("database", "load_balancer", "cdn") for each in _WANTED[section]),
)
"""What no variable changes: who may open a shell, who may deliver and what may break a rule; else what is wanted."""


def unprotected(section: str, settings: Settings, *, access_logs: bool) -> Iterator[FaultBelow]:
    """Return a fault for each line of a section that a protected environment needs otherwise.

    With ``access_logs`` the platform has a bucket for them, and needs no other.
    """
    for key, holds, line in _WANTED[section]:
        value = getattr(settings, key)
        if access_logs and key in _BUCKETS_OF_LOGS:
            continue
        if value is None:
            yield FaultBelow((key,), f"missing; a protected environment needs a line such as {line}")
        elif not holds(value):
            yield FaultBelow((key,), _otherwise(value, line))
    if isinstance(settings, ExecSettings):
        for name, toggle in settings.toggles.items():
            if toggle is True:
                line = f'{name} = {{ reason = "incident 4711", until = {format_value(EXAMPLE_END)} }}'
                yield FaultBelow((name,), _otherwise(toggle, line))


def _otherwise(value: object, line: str) -> str:
    return f"{format_value(value)} is not enough for a protected environment; write {line}"
