"""`make` says what a person can type, in a terminal of 80 columns, and each command takes its environment."""

import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
OF_AN_ENVIRONMENT = ("local", "local-up", "local-outputs", "state-bootstrap", "verify", "recover")


def make(*arguments: str) -> list[str]:
    """Return the lines of make, which runs nothing that is not a list."""
    return subprocess.check_output(["make", "--no-print-directory", *arguments], cwd=PROJECT, text=True).splitlines()  # noqa: S603, S607


def test_list_fits_a_terminal() -> None:
    lines = make()
    assert len(lines) > 10
    assert [line for line in lines if len(line) > 80] == []


@pytest.mark.parametrize("target", OF_AN_ENVIRONMENT)
def test_target_takes_the_environment(target: str) -> None:
    assert make("--dry-run", target, "ENV=staging")[-1].endswith(" staging")
    assert make("--dry-run", target)[-1].endswith(" dev")


@pytest.mark.parametrize(("target", "command"), [("local-status", "status"), ("local-down", "down")])
def test_target_is_about_the_one_local_aws(target: str, command: str) -> None:
    assert make("--dry-run", target)[-1].endswith(f"-m local_cloud {command}")


def test_installation_keeps_pipenv_quiet() -> None:
    (line,) = [line for line in make("--dry-run", "--always-make", "install") if "pipenv sync" in line]
    assert "--quiet" in line
