"""Two revisions of this project, each synthesized with its own code and its own lock files."""

import os
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from environments import SettingsError, names
from environments.overrides import SEPARATOR, in_capitals
from operations.errors import OperationError
from operations.review.planning import Stack

WORKING_TREE = "working tree"

_LOCKS = ("Pipfile.lock", "package-lock.json")
# Set in Git's hooks; they would lead to the repository of the hook.
_LEFT_OUT = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")


@dataclass(frozen=True)
class Revision:
    """A revision as the user names it, its commit, and the folder that it is checked out in."""

    name: str
    commit: str | None
    folder: Path

    @property
    def title(self) -> str:
        """How a report names it."""
        return f"{self.name} ({self.commit[:10]})" if self.commit else self.name

    @property
    def environments(self) -> list[str]:
        """The environments that it has; raises OperationError if there are none."""
        try:
            return names(self.folder / "environments")
        except SettingsError as error:
            raise OperationError(f"{self.name} cannot be synthesized:\n{error}") from None


@dataclass(frozen=True)
class Repository:
    """The project in its Git repository; ``say`` shows progress."""

    project: Path

    @contextmanager
    def checked_out(self, name: str, folder: Path) -> Iterator[Revision]:
        """Check a revision out into a worktree of its own, which is gone afterwards whatever happens."""
        if name == WORKING_TREE:
            yield Revision(name, None, self.project)
            return
        commit, inside = self._commit(name), self._git("rev-parse", "--show-prefix").strip()
        try:
            self._git("worktree", "add", "--quiet", "--detach", str(folder), commit)
            yield Revision(name, commit, folder / inside)
        finally:
            self._git("worktree", "remove", "--force", str(folder), check=False)
            self._git("worktree", "prune", check=False)

    def python_for(self, revision: Revision) -> Path:
        """Return the Python that has the packages of a revision, which are installed if they are not this project's."""
        different = [lock for lock in _LOCKS if _content(revision.folder / lock) != _content(self.project / lock)]
        if not different:
            return Path(sys.executable)
        sys.stderr.write(f"{revision.name} has another {' and '.join(different)}: installing it for this review\n")
        _finish(["make", "install"], revision.folder, dict(os.environ), f"{revision.name} cannot be installed")
        return revision.folder / ".venv" / "bin" / "python"

    def _commit(self, name: str) -> str:
        found = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}", check=False)
        if not found:
            raise OperationError(f"{name}: no such revision here; name a commit, a tag or a branch, or fetch it first")
        return found.strip()

    def _git(self, *arguments: str, check: bool = True) -> str:
        variables = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
        try:
            done = subprocess.run(  # noqa: S603 - our own arguments
                ["git", *arguments],  # noqa: S607 - wherever it is installed
                cwd=self.project,
                env=variables,
                capture_output=True,
                text=True,
                check=False,
            )
        except FileNotFoundError:
            raise OperationError("git is not installed; the review compares two revisions with it") from None
        if done.returncode and check:
            raise OperationError(f"git {arguments[0]} failed: {done.stderr.strip()}")
        return done.stdout if done.returncode == 0 else ""


def synthesize(revision: Revision, chosen: Collection[str], python: Path, output: Path) -> Mapping[str, Stack]:
    """Synthesize those of the chosen environments that a revision has; return their stacks by name.

    Overrides of settings are a deploy's and no revision's: they count for the working tree only.
    """
    present = [name for name in revision.environments if name in chosen]
    if not present:
        return {}
    variables = dict(os.environ) if revision.commit is None else _without_overrides(revision.environments)
    variables |= {"CDKTF_OUTDIR": str(output)}
    _finish([str(python), "main.py", *present], revision.folder, variables, f"{revision.name} cannot be synthesized")
    return {name: Stack.read(output / "stacks" / name) for name in present}


def _without_overrides(environments: Collection[str]) -> dict[str, str]:
    overrides = tuple(f"{in_capitals(name)}{SEPARATOR}" for name in environments)
    return {name: value for name, value in os.environ.items() if not name.startswith(overrides)}


def _finish(command: list[str], folder: Path, variables: dict[str, str], failed: str) -> None:
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)  # noqa: S603 - the project's own
    if done.returncode:
        complaint = done.stderr.strip() or done.stdout.strip()
        # Of a traceback, the last line says what is wrong.
        raise OperationError(f"{failed}:\n{complaint.splitlines()[-1] if 'Traceback' in complaint else complaint}")


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None
