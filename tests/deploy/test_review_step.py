"""The review of a pull request, by the step of GitHub's workflow as it stands in the file."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.conftest import PROJECT
from tests.unit.workflow_steps import step


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody."""
    identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    command = ["git", *identity, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603 - as written
    return done.stdout


@pytest.fixture
def pull_request(tmp_path: Path) -> Path:
    """Return a clone in which the last commit switches ECS Exec on for one service of dev."""
    for name in git(PROJECT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        if (PROJECT / name).is_file():
            shutil.copy(PROJECT / name, tmp_path / name)
    for name in (".venv", "node_modules"):
        (tmp_path / name).symlink_to(PROJECT / name)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "The base")
    settings = tmp_path / "environments/dev.toml"
    settings.write_text(settings.read_text().replace("backend = false", "backend = true", 1))
    git(tmp_path, "commit", "--quiet", "--all", "--message", "The change")
    return tmp_path


def test_a_pull_request_is_reviewed_for_comment_and_summary(pull_request: Path) -> None:
    variables = os.environ | {"GITHUB_STEP_SUMMARY": "summary.md"}
    command = ["bash", "-e", "-c", step("Review")]
    ran = subprocess.run(  # noqa: S603 - our own workflow's command
        command, cwd=pull_request, env=variables, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "backend" in (pull_request / "review.md").read_text()
    assert "backend" in (pull_request / "summary.md").read_text()
    assert sorted(file.name for file in (pull_request / "pictures").iterdir()) == ["dev-after.svg", "dev-before.svg"]
