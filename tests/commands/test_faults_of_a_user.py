"""No command shows a traceback, whatever is wrong with the machine it runs on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from operations.command_line import main

PROJECT = Path(__file__).parents[2]
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
ALL_BROKEN = {name: value for variables, _ in BROKEN.values() for name, value in variables.items()}
WITHOUT_AWS = {
    "synth": ["main.py"],
    "environments": ["-m", "environments"],
    "picture": ["-m", "operations", "picture", "dev", "--output", "{folder}/dev.dot"],
    "review": ["-m", "operations", "review", "--base", "HEAD", "--head", "HEAD", "dev"],
    "local-up": ["-m", "local_cloud", "up"],
    "local-status": ["-m", "local_cloud", "status"],
    "local-env": ["-m", "local_cloud", "env"],
    "local-down": ["-m", "local_cloud", "down"],
}
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def run(python: list[str], arguments: list[str], variables: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return run_python([*python, "-m", "operations", *arguments], variables)


def run_python(command: list[str], variables: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    variables = inherited | CREDENTIALS | variables
    return subprocess.run(command, cwd=PROJECT, env=variables, capture_output=True, text=True, check=False)  # noqa: S603 - our own


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_broken_aws_configuration_is_one_line(
    command: str, fault: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    variables, reason = BROKEN[fault]
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in (CREDENTIALS | variables).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(PROJECT)
    assert main(COMMANDS[command]) == (125 if command == "exec" else 2)
    said = capfd.readouterr().err
    assert reason in said
    assert len(said.splitlines()) == 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("commands")


# In this order: the local AWS is started, asked and ended.
@pytest.mark.parametrize("command", WITHOUT_AWS)
def test_a_command_without_aws_ignores_its_configuration(command: str, folder: Path) -> None:
    arguments = [argument.format(folder=folder) for argument in WITHOUT_AWS[command]]
    own = {"CDKTF_OUTDIR": str(folder / "out"), "ECS_PLATFORM_LOCAL_FOLDER": str(folder / "local")}
    ran = run_python([sys.executable, *arguments], ALL_BROKEN | own)
    assert (ran.returncode, "Traceback" in ran.stderr) == (0, False), ran.stderr


@pytest.mark.parametrize("arguments", [*COMMANDS.values(), ["review", "--base", "HEAD"]])
def test_a_missing_package_names_make_install(arguments: list[str]) -> None:
    # -S leaves out every installed package.
    ran = run([sys.executable, "-S"], arguments, {})
    assert ran.returncode == 1
    assert "is not installed for" in ran.stderr
    assert "make install" in ran.stderr
    assert "Traceback" not in ran.stderr
