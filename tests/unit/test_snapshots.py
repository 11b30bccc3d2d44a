"""Snapshots survive settings that are wrong."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
COPIED = ("pyproject.toml", "environments", "constructs", "stacks", "local_cloud", "tests")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the project in which one value of dev is wrong."""
    for name in COPIED:
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
        copy(PROJECT / name, tmp_path / name)
    file = tmp_path / "environments" / "dev.toml"
    file.write_text(f'region = "mars"\n{file.read_text()}'.replace('region = "us-east-1"\n', "", 1))
    return tmp_path


def python(project: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)  # noqa: S603 - see above


def snapshots(project: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in (project / "tests/snapshot").rglob("*.txt")}


def test_an_update_keeps_those_of_wrong_settings(project: Path) -> None:
    updated = python(project, "-m", "pytest", "tests/snapshot", "--snapshot-update")
    assert updated.returncode == 1
    assert snapshots(project) == snapshots(PROJECT)


def test_make_validates_the_settings_first(project: Path) -> None:
    recipe = (PROJECT / "Makefile").read_text().partition("\nsnapshots:")[2].splitlines()[1]
    assert recipe.endswith("python -m environments")
    checked = python(project, "-m", "environments")
    assert (checked.returncode, checked.stderr.splitlines()[0]) == (1, "environments/dev.toml: 1 error")
