"""A toggle with a reason and an end: on until then, off from then on, whatever day the tests run."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from environments import Environment, load, load_all
from environments.__main__ import main
from environments.expiry import expired

Loader = Callable[..., Environment]
Reporter = Callable[..., list[str]]

END = datetime(2026, 12, 1, 18, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BACKEND = {"exec.backend.reason": "incident 4711", "exec.backend.until": END}


@pytest.mark.parametrize(("now", "enabled"), [(END - SECOND, ("backend",)), (END, ()), (END + SECOND, ())])
def test_a_toggle_is_on_until_its_end(write: Callable[..., Path], now: datetime, enabled: tuple[str, ...]) -> None:
    settings = load("dev", folder=write(BACKEND), variables={}, now=now).exec
    assert settings.enabled == enabled
    assert settings.timed.keys() == set(enabled)
    assert settings.ended.keys() == {"backend"} - set(enabled)


def test_without_a_time_the_clock_decides(loaded: Loader) -> None:
    assert loaded({**BACKEND, "exec.backend.until": datetime.now(UTC) + SECOND * 60}).exec.enabled == ("backend",)
    assert loaded({**BACKEND, "exec.backend.until": datetime.now(UTC)}).exec.enabled == ()


@pytest.mark.parametrize("until", ["2026-12-01T18:00:00Z", "2026-12-01T19:00:00.5+01:00", "2026-12-01 10:00:00-08:00"])
def test_an_end_is_kept_in_utc(loaded: Loader, until: str) -> None:
    environment = loaded(DEV__EXEC__BACKEND=f'{{ reason = "x", until = {until} }}')
    assert (environment.exec.timed | environment.exec.ended)["backend"].tags == {
        "ExecReason": "x",
        "ExecUntil": "2026-12-01T18:00:00Z",
    }


def test_a_variable_moves_an_end(loaded: Loader) -> None:
    environment = loaded(BACKEND, DEV__EXEC__BACKEND__UNTIL="2999-12-31T00:00:00Z")
    assert environment.exec.timed["backend"].tags["ExecUntil"] == "2999-12-31T00:00:00Z"


def test_variables_make_a_reason_and_an_end(loaded: Loader) -> None:
    variables = {"DEV__EXEC__BACKEND__REASON": "x", "DEV__EXEC__BACKEND__UNTIL": "2999-12-31T00:00:00Z"}
    assert loaded({"exec.backend": False}, **variables).exec.timed.keys() == {"backend"}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (", until = 2026-12-01T18:00:00", (
            "until: 2026-12-01T18:00:00 does not say in which zone; "
            "write 2026-12-01T18:00:00Z for UTC, or an offset such as 2026-12-01T18:00:00+01:00"
        )),
        (", until = 2026-12-01", "until: 2026-12-01 is not a time; write one such as 2026-12-01T18:00:00Z"),
        (", until = 'soon'", "until: soon is not a time; write one such as 2026-12-01T18:00:00Z"),
        (", until = 1", "until: 1 is not a time; write one such as 2026-12-01T18:00:00Z"),
        (", until = 0001-01-01T00:00:00+01:00", (
            "until: 0001-01-01T00:00:00+01:00 is out of range; choose a year such as 2026"
        )),
        ("", "until: missing; add a line such as until = 2026-12-01T18:00:00Z"),
        (", untl = 1, until = 2026-12-01T18:00:00Z", "untl: unknown key; did you mean until?"),
    ],
)  # fmt: skip
def test_an_end_that_is_none_is_told(faults: Reporter, value: str, message: str) -> None:
    (line,) = faults(DEV__EXEC__BACKEND=f'{{ reason = "x"{value} }}')
    assert line.replace(" (from DEV__EXEC__BACKEND)", "") == f"exec.backend.{message}"


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("", "give 1 to 256 letters, digits, spaces and _ . : / = + - @"),
        (" x", "give 1 to 256 letters"),
        ("a, b", "give 1 to 256 letters"),
        ("${x}", "give 1 to 256 letters"),
        ("x" * 257, "give 1 to 256 letters"),
        ("AWS:x", "start with another word"),
    ],
)
def test_a_reason_that_no_tag_takes_is_told(faults: Reporter, reason: str, advice: str) -> None:
    (line,) = faults({**BACKEND, "exec.backend.reason": reason})
    assert line.startswith("exec.backend.reason: ")
    assert advice in line


def test_the_tags_are_no_choice_of_an_environment(faults: Reporter) -> None:
    assert faults({"tags.ExecUntil": "x"}) == ["tags.ExecUntil: this key is the platform's own; choose another"]


def test_what_has_ended_is_named_with_its_place(write: Callable[..., Path]) -> None:
    folder = write(BACKEND)
    variables = {"DEV__EXEC__FRONTEND": '{ reason = "x", until = 2026-11-01T18:00:00Z }'}
    environments = load_all(folder=folder, variables=variables, now=END)
    assert list(expired(environments, folder=folder, variables=variables)) == [
        "environments/dev.toml: exec.backend: ended at 2026-12-01T18:00:00Z, so it is off; remove it",
        (
            "environments/dev.toml: exec.frontend (from DEV__EXEC__FRONTEND): "
            "ended at 2026-11-01T18:00:00Z, so it is off; remove it"
        ),
    ]


def test_the_check_of_ci_fails_until_it_is_removed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 0
    monkeypatch.setenv("DEV__EXEC__BACKEND", '{ reason = "x", until = 2026-01-01T00:00:00Z }')
    assert main([]) == 1
    assert "exec.backend (from DEV__EXEC__BACKEND): ended at 2026-01-01T00:00:00Z" in capsys.readouterr().err


def test_a_time_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--ended-since", "soon"])
    assert "soon is not a time; give one such as 2026-12-01T18:00:00Z" in capsys.readouterr().err
