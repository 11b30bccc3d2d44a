"""No command shows a traceback, whatever is wrong with the machine it runs on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
COMMANDS = {
    "verify": ["verify", "dev"],
    "audit": ["audit", "dev"],
    "exec": ["exec", "dev", "backend", "true"],
    "recover": ["recover", "dev"],
    "state-bootstrap": ["state-bootstrap", "dev"],
}
BROKEN = {
    "profile": ({"AWS_PROFILE": "nope"}, "The config profile (nope) could not be found"),
    "configuration": ({"AWS_CONFIG_FILE": "README.md"}, "Unable to parse config file: README.md"),
    "address": ({"AWS_ENDPOINT_URL": "not-a-url"}, "Invalid endpoint: not-a-url; correct AWS_ENDPOINT_URL"),
}
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def run(python: list[str], arguments: list[str], variables: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [*python, "-m", "operations", *arguments]
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    variables = inherited | CREDENTIALS | variables
    return subprocess.run(command, cwd=PROJECT, env=variables, capture_output=True, text=True, check=False)  # noqa: S603 - our own


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_broken_aws_configuration_is_one_line(command: str, fault: str) -> None:
    variables, reason = BROKEN[fault]
    ran = run([sys.executable], COMMANDS[command], variables)
    assert ran.returncode == (125 if command == "exec" else 2)
    assert reason in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [*COMMANDS.values(), ["review", "--base", "HEAD"]])
def test_a_missing_package_names_make_install(arguments: list[str]) -> None:
    # -S leaves out every installed package.
    ran = run([sys.executable, "-S"], arguments, {})
    assert ran.returncode == 1
    assert "is not installed for" in ran.stderr
    assert "make install" in ran.stderr
    assert "Traceback" not in ran.stderr
