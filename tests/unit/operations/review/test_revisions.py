"""Two revisions in one repository: each with its own code, its own lock files, and gone afterwards."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from operations.errors import OperationError
from operations.review.planning import Stack
from operations.review.revisions import WORKING_TREE, Repository, synthesize

APP = """
import json, os, pathlib, sys
values = {"revision": "%s", "override": os.environ.get("DEV__PORT"), "installed": os.environ.get("INSTALLED")}
for name in sys.argv[1:]:
    stack = pathlib.Path(os.environ["CDKTF_OUTDIR"], "stacks", name)
    stack.mkdir(parents=True)
    (stack / "cdk.tf.json").write_text(json.dumps({"terraform": {}, "locals": values}))
"""
INSTALL = """install:
	mkdir -p .venv/bin
	printf '#!/bin/sh\\nINSTALLED=yes exec %s "$$@"\\n' > .venv/bin/python
	chmod +x .venv/bin/python
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with an app of one line, whose working tree differs from its only commit."""
    folder = tmp_path / "project"
    (folder / "environments").mkdir(parents=True)
    (folder / "environments/dev.toml").touch()
    (folder / "main.py").write_text(APP % "committed")
    (folder / "Makefile").write_text(INSTALL % sys.executable)
    (folder / "Pipfile.lock").write_text("one")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", ".")
    git(folder, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message=Begin")
    (folder / "main.py").write_text(APP % "working")
    return folder


def git(folder: Path, *arguments: str) -> str:
    return subprocess.check_output(["git", *arguments], cwd=folder, text=True)  # noqa: S603, S607 - wherever it is


def values(project: Path, name: str) -> dict[str, str | None]:
    """Return what the app wrote of dev in a revision."""
    found: dict[str, str | None] = stacks(project, name, "dev")["dev"].configuration.content["locals"]
    return found


def stacks(project: Path, name: str, *chosen: str) -> Mapping[str, Stack]:
    """Synthesize environments of a revision."""
    repository, output = Repository(project), project.parent / f"out of {name}"
    with repository.checked_out(name, project.parent / "base") as revision:
        return synthesize(revision, chosen, repository.python_for(revision), output)


def test_a_revision_is_synthesized_with_its_own_code(project: Path) -> None:
    assert values(project, "main")["revision"] == "committed"


def test_the_working_tree_is_taken_as_it_is(project: Path) -> None:
    assert values(project, WORKING_TREE)["revision"] == "working"


def test_a_chosen_environment_is_synthesized_alone(project: Path) -> None:
    (project / "environments/prod.toml").touch()
    assert stacks(project, WORKING_TREE, "prod").keys() == {"prod"}


def test_a_revision_without_it_has_no_stack_of_an_environment(project: Path) -> None:
    (project / "environments/prod.toml").touch()
    assert stacks(project, "main", "prod", "dev").keys() == {"dev"}


def test_a_revision_without_environments_is_told_by_its_name(project: Path) -> None:
    (project / "environments/dev.toml").unlink()
    with pytest.raises(
        OperationError, match=r"^working tree cannot be synthesized:\nenvironments: no environments here"
    ):
        stacks(project, WORKING_TREE, "dev")


def test_overrides_count_for_the_working_tree_only(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEV__PORT", "1")
    assert values(project, "main")["override"] is None
    assert values(project, WORKING_TREE)["override"] == "1"


def test_equal_lock_files_install_nothing(project: Path) -> None:
    assert values(project, "main")["installed"] is None


def test_another_lock_file_is_installed_and_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "Pipfile.lock").write_text("two")
    assert values(project, "main")["installed"] == "yes"
    assert "main has another Pipfile.lock: installing it for this review" in capsys.readouterr().err
    assert not (project / ".venv").exists()


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OperationError])
def test_a_worktree_goes_whatever_happens(project: Path, interruption: type[BaseException]) -> None:
    with pytest.raises(interruption), Repository(project).checked_out("main", project.parent / "base"):
        raise interruption
    assert len(git(project, "worktree", "list").splitlines()) == 1
    assert not (project.parent / "base").exists()


def test_a_project_in_a_folder_of_a_repository(project: Path) -> None:
    inner = project / "platform"
    inner.mkdir()
    for name in ("main.py", "environments"):
        (project / name).rename(inner / name)
    (inner / "Pipfile.lock").write_text("one")
    git(project, "add", ".")
    git(project, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message=Inside")
    assert values(inner, "main")["revision"] == "working"


def test_the_hook_of_another_repository_leads_nowhere(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", os.devnull)
    with Repository(project).checked_out("main", project.parent / "base") as revision:
        assert revision.commit


def test_an_app_that_fails_is_told_with_its_revision(project: Path) -> None:
    for fault in ("raise SystemExit('bad settings')", "raise ValueError('bad settings')"):
        (project / "main.py").write_text(fault)
        with pytest.raises(OperationError, match=r"^working tree cannot be synthesized:\n(ValueError: )?bad settings$"):
            values(project, WORKING_TREE)
