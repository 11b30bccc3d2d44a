"""The commands of GitHub's workflows, run as they stand in the files."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.stack_json import Synth
from tests.unit.workflow_steps import PROJECT, step

LINT = (PROJECT / "Makefile").read_text("utf-8").partition("\nlint:")[2].partition("\n\n")[0]
CHECKS = [line.strip() for line in LINT.splitlines() if ".github" in line]


def run(script: str, folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a script as GitHub does; a program in the folder's `bin` comes first."""
    path = {"PATH": f"{folder}/bin:/usr/local/bin:/usr/bin:/bin"}
    command = ["bash", "-e", "-c", script]
    return subprocess.run(  # noqa: S603 - the commands of our own files
        command, cwd=folder, env=path | variables, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("variables", "status"), [({}, 1), ({"DEV__STATE__BUCKET": "acme-state"}, 0)])
def test_a_deploy_needs_its_state_in_a_bucket(
    synth: Synth, tmp_path: Path, variables: dict[str, str], status: int
) -> None:
    # What `npx cdktf synth` writes, without npx.
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/activate").write_text("npx() { :; }\n")
    (tmp_path / "cdktf.out/stacks/dev").mkdir(parents=True)
    (tmp_path / "cdktf.out/stacks/dev/cdk.tf.json").write_text(synth(**variables).text)
    ran = run(step("Refuse a state that would be lost with this machine"), tmp_path, ENVIRONMENT="dev")
    assert ran.returncode == status
    assert ("docs/state.md" in ran.stdout) == bool(status)


@pytest.mark.parametrize(
    ("last_success", "environments"),
    [("", '["dev"]'), ("2026-01-01T17:59:59Z", '["dev"]'), ("2026-01-01T18:00:00Z", "[]")],
)
def test_an_end_since_the_last_run_is_a_deploy(tmp_path: Path, last_success: str, environments: str) -> None:
    shutil.copytree(PROJECT / "environments", tmp_path / "environments")
    (tmp_path / ".venv").symlink_to(PROJECT / ".venv")
    toggle = '{ reason = "incident 4711", until = 2026-01-01T18:00:00Z }'
    file = tmp_path / "environments/dev.toml"
    file.write_text(file.read_text("utf-8").replace("backend = false", f"backend = {toggle}"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/gh").write_text(f"#!/bin/sh\necho {last_success}\n")
    (tmp_path / "bin/gh").chmod(0o755)
    ran = run(step("Find where ECS Exec has ended"), tmp_path, GITHUB_OUTPUT=str(tmp_path / "output"))
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "output").read_text() == f"environments={environments}\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: Tests", "name: Tests"),
        ("permissions: {}", "permissions: write-all"),
        ("de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2", "v6"),
        ("timeout-minutes: 60", "timeout: 60"),
    ],
)
def test_make_lint_finds_what_is_wrong(tmp_path: Path, old: str, new: str) -> None:
    shutil.copytree(PROJECT / ".github", tmp_path / ".github")
    (tmp_path / ".venv").symlink_to(PROJECT / ".venv")
    file = tmp_path / ".github/workflows/tests.yml"
    file.write_text(file.read_text("utf-8").replace(old, new))
    assert all(run(check, tmp_path).returncode == 0 for check in CHECKS) == (old == new)
