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
    """Return a copy of the project."""
    for name in COPIED:
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
        copy(PROJECT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def broken(project: Path) -> Path:
    """Return a copy of the project in which one value of dev is wrong."""
    file = project / "environments" / "dev.toml"
    file.write_text(f'region = "mars"\n{file.read_text()}')
    return project


@pytest.fixture
def grown(project: Path) -> Path:
    """Return a copy of the project with one more environment, made as docs/environments.md says."""
    staging = (project / "environments" / "staging.toml").read_text()
    (project / "environments" / "fresh.toml").write_text(staging.replace("staging.davids", "fresh.davids"))
    return project


def python(project: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)  # noqa: S603 - see above


def snapshots(project: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in (project / "tests/snapshot").rglob("*.txt")}


def test_an_update_keeps_those_of_wrong_settings(broken: Path) -> None:
    updated = python(broken, "-m", "pytest", "tests/snapshot", "--snapshot-update")
    assert updated.returncode == 1
    assert snapshots(broken) == snapshots(PROJECT)


def test_a_new_environment_fails_until_it_has_its_own(grown: Path) -> None:
    command = ("-m", "pytest", "tests/snapshot", "-k", "fresh")
    without = python(grown, *command)
    assert without.returncode == 1
    assert "AssertionError: run `make snapshots`" in without.stdout
    assert "2 failed" in without.stdout
    python(grown, *command, "--snapshot-update")
    new = snapshots(grown).keys() - snapshots(PROJECT).keys()
    assert new == {"test_stack[fresh].txt", "test_addresses[fresh].txt"}


def test_make_validates_the_settings_first(broken: Path) -> None:
    recipe = (PROJECT / "Makefile").read_text().partition("\nsnapshots:")[2].splitlines()[1]
    assert recipe.endswith("python -m environments")
    checked = python(broken, "-m", "environments")
    assert (checked.returncode, checked.stderr.splitlines()[0]) == (1, "environments/dev.toml: 1 error")
