"""Every command says so if it looks at a platform with other settings than the files have."""

from pathlib import Path

import pytest

from operations.command_line import main

IN_FORCE = "DEV__EXEC__BACKEND is in force: exec.backend = true (environments/dev.toml: false)\n"
COMMANDS = {
    "verify": ["verify", "dev"],
    "audit": ["audit", "dev"],
    "exec": ["exec", "dev", "backend", "true"],
    "recover": ["recover", "dev"],
    "state-bootstrap": ["state-bootstrap", "dev"],
    "picture": ["picture", "dev", "--output", "no-such-folder/dev.svg"],
    "review": ["review", "--base", "no-such-revision"],
}


@pytest.fixture(autouse=True)
def overridden(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Override a setting where neither AWS is reached nor Node found: each command fails, and soon."""
    monkeypatch.setenv("AWS_PROFILE", "nope")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DEV__EXEC__BACKEND", "true")


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_command_names_the_override(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command)
    assert capsys.readouterr().err.startswith(IN_FORCE)


def test_a_policy_is_printed_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["exec", "dev", "--print-policy"])
    printed = capsys.readouterr()
    assert printed.out.startswith("{\n")
    assert printed.err == IN_FORCE


def test_the_review_of_a_commit_knows_no_override(capsys: pytest.CaptureFixture[str]) -> None:
    main(["review", "--base", "no-such-revision", "--head", "HEAD"])
    assert IN_FORCE not in capsys.readouterr().err
