"""One variable opens one service for a while, wherever it is, and nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from environments import Environment, SettingsError, load
from environments.break_glass import break_glass_variable
from environments.exec_access import TimedToggle
from environments.notices import notices
from tests.unit.protected import PROTECTED

Reporter = Callable[..., list[str]]

NOW = datetime(2026, 12, 1, 16, tzinfo=UTC)
END = NOW + timedelta(hours=2)
TOGGLE = TimedToggle(reason="incident 4711", until=END)
OPEN = break_glass_variable("dev", "backend", TOGGLE)


def at(now: datetime, folder: Path, variables: dict[str, str]) -> Environment:
    return load("dev", folder=folder, variables=variables, now=now)


def test_it_opens_a_service_of_a_protected_environment(write: Callable[..., Path]) -> None:
    environment = at(NOW, write(PROTECTED), OPEN)
    assert environment.exec.timed == {"backend": TOGGLE}
    assert environment.exec.enabled == ("backend",)


def test_it_changes_nothing_else(write: Callable[..., Path]) -> None:
    folder = write(PROTECTED)
    opened, closed = at(NOW, folder, OPEN).model_dump(), at(NOW, folder, {}).model_dump()
    assert opened["exec"].pop("backend")
    assert opened == closed


def test_past_its_end_it_opens_nothing(write: Callable[..., Path]) -> None:
    assert at(END, write(PROTECTED), OPEN).exec.enabled == ()


def test_a_service_with_hyphens_is_opened(write: Callable[..., Path]) -> None:
    folder = write(PROTECTED | {"services.my-worker.image": "worker:1"})
    assert at(NOW, folder, break_glass_variable("dev", "my-worker", TOGGLE)).exec.enabled == ("my-worker",)


def test_it_is_named_as_any_override(write: Callable[..., Path]) -> None:
    (line,) = notices(["dev"], folder=write(PROTECTED), variables=OPEN)
    assert line.startswith("DEV__BREAK_GLASS is in force: exec.backend = {reason = ")


@pytest.mark.parametrize(
    "value",
    [
        "true",
        "{}",
        "{ backend = true }",
        "{ policy = { reason = 'x', until = 2026-12-01T18:00:00Z } }",
        "{ operator_tags = { reason = 'x' } }",
        "{ backend = { reason = 'x' }, frontend = { reason = 'x' } }",
        "{",
    ],
)
def test_what_is_not_one_service_is_refused(faults: Reporter, value: str) -> None:
    (line,) = faults(PROTECTED, DEV__BREAK_GLASS=value)
    assert line.startswith("exec (from DEV__BREAK_GLASS): ")
    assert line.endswith(
        "is not one service and its toggle; "
        'write { backend = { reason = "incident 4711", until = 2026-12-01T18:00:00Z } }'
    )


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("{ backend = { reason = 'x' } }", "exec.backend.until (from DEV__BREAK_GLASS): missing; "),
        ("{ backend = { until = 2026-12-01T18:00:00Z } }", "exec.backend.reason (from DEV__BREAK_GLASS): missing; "),
        (
            "{ bakend = { reason = 'x', until = 2026-12-01T18:00:00Z } }",
            "exec.bakend (from DEV__BREAK_GLASS): unknown key; did you mean backend?",
        ),
        (
            "{ backend = { reason = 'x', until = 2999-12-01T18:00:00Z } }",
            "exec.backend.until (from DEV__BREAK_GLASS): 2999-12-01T18:00:00Z is more than 24 hours away; ",
        ),
    ],
)
def test_without_reason_or_near_end_it_opens_nothing(faults: Reporter, value: str, fault: str) -> None:
    (line,) = faults(PROTECTED, DEV__BREAK_GLASS=value)
    assert line.startswith(fault)


def test_a_day_is_the_longest(write: Callable[..., Path]) -> None:
    folder = write(PROTECTED)
    assert at(END - timedelta(hours=24), folder, OPEN).exec.enabled == ("backend",)
    with pytest.raises(SettingsError):
        at(END - timedelta(hours=24, seconds=1), folder, OPEN)
