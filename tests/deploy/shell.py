"""Commands as a person types them in a fresh shell, who looks at a local AWS."""

import os
import subprocess
from pathlib import Path

from local_cloud.folder import FOLDER_VARIABLE
from tests.deploy.conftest import PROJECT
from tests.deploy.platforms import Local
from tests.deploy.warm_provider import attached

ENV = 'eval "$(.venv/bin/python -m local_cloud env)"'


def typed(
    command: str, variables: dict[str, str], *, folder: Path = PROJECT, answer: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Run a command in the project, or in another folder laid out as one, and answer what it asks."""
    return subprocess.run(  # noqa: S602 - the documentation's own commands
        command,
        shell=True,
        cwd=folder,
        # Plain lines from cdktf: without it, it redraws a screen, even into a pipe.
        env={**attached(variables), "CI": "true"},
        input=answer,
        capture_output=True,
        text=True,
        check=False,
    )


def shell(command: str, local: Local, **variables: str) -> str:
    """Run a command on dev, which must succeed, and return what it printed."""
    return succeeded(typed(command, local.terraform.variables | variables))


def in_local_shell(command: str, local: Local, *, env: str = ENV, **variables: str) -> str:
    """Run a command in a shell that has nothing of the local AWS but what `env` gives it."""
    return succeeded(typed(f"{env}\n{command}", {**os.environ, FOLDER_VARIABLE: str(local.folder), **variables}))


def refused(command: str, local: Local, **variables: str) -> str:
    """Run a command on dev, which must fail, and return all that the person sees."""
    return failed(typed(command, local.terraform.variables | variables))


def succeeded(done: "subprocess.CompletedProcess[str]") -> str:
    """Return what was printed; a failure shows all of it."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def failed(done: "subprocess.CompletedProcess[str]") -> str:
    """Return all that the person sees of a command that failed."""
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout + done.stderr


def checkout(folder: Path) -> Path:
    """Lay the project out in a folder of its own, for commands that leave something where they run."""
    folder.mkdir()
    left = {".git", ".local", "cdktf.out"}
    for each in PROJECT.iterdir():
        if each.name not in left and ".tfstate" not in each.suffixes:
            (folder / each.name).symlink_to(each)
    return folder
