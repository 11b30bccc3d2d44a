"""`operations break-glass` asks for a reason, gives an end, deploys once, and says how to close it."""

import json
import shlex
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from environments import load
from operations import break_glass
from operations.command_line import main

CDKTF = """#!{python}
import json, os, sys
json.dump([sys.argv[1:], dict(os.environ)], open({file!r}, "w"))
sys.exit({status})
"""
Cdktf = Callable[..., Path]
REASON = ["--reason", "incident 4711"]


@pytest.fixture
def cdktf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cdktf:
    """Put a program in the place of cdktf, which says how it was called and ends with a status."""
    program, called = tmp_path / "node_modules/.bin/cdktf", tmp_path / "called.json"
    program.parent.mkdir(parents=True)
    monkeypatch.setattr(break_glass, "_PROJECT", tmp_path)

    def ending(status: int = 0) -> Path:
        program.write_text(CDKTF.format(python=sys.executable, file=str(called), status=status))
        program.chmod(0o755)
        return called

    return ending


def called(file: Path) -> Any:  # noqa: ANN401 - JSON
    return json.loads(file.read_text())


def test_one_deploy_has_the_service_open_for_two_hours(cdktf: Cdktf, capsys: pytest.CaptureFixture[str]) -> None:
    file, before = cdktf(), datetime.now(UTC).replace(microsecond=0)
    command = '.venv/bin/python -m operations break-glass prod backend --reason "incident 4711"'
    assert main([*shlex.split(command)[3:], "--", "--auto-approve"]) == 0
    arguments, variables = called(file)
    assert arguments == ["deploy", "prod", "--auto-approve"]
    toggle = load("prod", variables=variables).exec.timed["backend"]
    assert toggle.reason == "incident 4711"
    assert timedelta(0) <= toggle.until - before - timedelta(hours=2) < timedelta(minutes=1)
    printed = capsys.readouterr().out
    assert f"ECS Exec of backend in prod is open until {toggle.tags['ExecUntil']}" in printed
    assert "npx cdktf deploy prod" in printed


def test_the_hours_are_a_choice(cdktf: Cdktf) -> None:
    file = cdktf()
    assert main(["break-glass", "prod", "backend", *REASON, "--hours", "0.5"]) == 0
    toggle = load("prod", variables=called(file)[1]).exec.timed["backend"]
    assert toggle.until < datetime.now(UTC) + timedelta(minutes=31)


def test_a_deploy_that_fails_says_how_to_close_it(cdktf: Cdktf, capsys: pytest.CaptureFixture[str]) -> None:
    cdktf(status=1)
    assert main(["break-glass", "prod", "backend", *REASON]) == 1
    assert "cdktf failed. Whatever it has opened already is closed by: npx cdktf deploy prod" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["prod", "backend"], 'say why, with an option such as --reason "incident 4711"'),
        (["prod", "backend", "--reason", " "], "is not a reason; give 1 to 256 letters"),
        (["prod", "nginx", *REASON], "prod has no service nginx; choose one of backend, frontend, prometheus"),
    ],
)
def test_what_cannot_be_opened_is_refused(
    cdktf: Cdktf, arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = cdktf()
    assert main(["break-glass", *arguments]) == 2
    assert reason in capsys.readouterr().err
    assert not file.exists()


def test_what_is_on_needs_no_breaking(
    cdktf: Cdktf, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cdktf()
    monkeypatch.setenv("DEV__EXEC__BACKEND", "true")
    assert main(["break-glass", "dev", "backend", *REASON]) == 2
    assert "exec.backend is on already: python -m operations exec dev backend" in capsys.readouterr().err


@pytest.mark.parametrize("hours", ["0", "-1", "25", "nan", "soon"])
def test_hours_that_are_none_are_refused(hours: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["break-glass", "prod", "backend", *REASON, f"--hours={hours}"])
    assert "is not a number of hours; choose up to 24" in capsys.readouterr().err


def test_without_cdktf_it_names_make_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(break_glass, "_PROJECT", tmp_path)
    assert main(["break-glass", "prod", "backend", *REASON]) == 2
    assert "run `make install`" in capsys.readouterr().err
