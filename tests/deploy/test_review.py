"""The review as a user runs it, on a project of its own in which every environment is changed."""

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from environments import names
from tests.deploy.conftest import PROJECT
from tests.deploy.shell import typed

COPIED = (
    *("main.py", "environments", "constructs", "rules", "stacks", "operations", "local_cloud"),
    *("Makefile", "Pipfile", "Pipfile.lock", "package-lock.json", ".terraform.lock.hcl"),
)
INSTALLED = (".venv", ".tools", "node_modules")
EXEC = ".venv/bin/python -m operations review --base main --format json --summary summary.md --fail-on exec-in-prod"
Document = dict[str, Any]


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with this project as it is, on the branch main."""
    folder = tmp_path_factory.mktemp("review") / "project"
    folder.mkdir()
    for name in COPIED:
        # With its times: make would install what looks newer than the installation.
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy2
        copy(PROJECT / name, folder / name)
    for name in INSTALLED:
        (folder / name).symlink_to((PROJECT / name).resolve())
    (folder / ".gitignore").write_text("\n".join(("__pycache__", "cdktf.out", "tmp", "summary.md", *INSTALLED)))
    (folder / "tmp").mkdir()
    # The home of these reviews, in which jsii would unpack its packages again.
    (folder / "tmp" / ".cache").symlink_to(Path.home() / ".cache")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", ".")
    git(folder, "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message=Begin")
    return folder


@pytest.fixture
def changed(project: Path) -> Iterator[Path]:
    """The project with ECS Exec on in dev, a new tag in staging, and in prod exec and no protection of the database."""
    edit(project, "dev", "backend = false", "backend = true")
    edit(project, "staging", "frontend = false", "frontend = true")
    file = project / "environments/staging.toml"
    file.write_text(f'{file.read_text(encoding="utf-8")}\n[tags]\nCostCenter = "42"\n', encoding="utf-8")
    edit(project, "prod", "protected = true", "protected = false")
    edit(project, "prod", "prometheus = false", "prometheus = true")
    edit(project, "prod", "multi_az = true\ndeletion_protection = true", "multi_az = true\ndeletion_protection = false")
    yield project
    git(project, "checkout", "--quiet", ".")


def edit(project: Path, environment: str, before: str, after: str) -> None:
    file = project / f"environments/{environment}.toml"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def git(folder: Path, *arguments: str) -> str:
    return subprocess.check_output(["git", *arguments], cwd=folder, text=True)  # noqa: S603, S607 - wherever it is


def variables(project: Path) -> dict[str, str]:
    """Return variables without credentials, with a folder of temporary files that can be looked at."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**kept, "TMPDIR": str(project / "tmp"), "HOME": str(project / "tmp")}


def left_behind(project: Path) -> list[str]:
    worktrees = git(project, "worktree", "list").splitlines()[1:]
    # Of a review, and of a provider that ran on for one.
    return [*worktrees, *(each.name for kind in ("review-*", "provider-*") for each in (project / "tmp").glob(kind))]


def run(command: str, project: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    done = typed(command, variables(project) | more, folder=project)
    assert "Traceback" not in done.stderr
    assert left_behind(project) == []
    return done


def test_no_change_is_one_line(project: Path) -> None:
    done = run("make review BASE=main", project)
    assert done.returncode == 0, done.stderr
    assert "Nothing changes in dev, prod and staging." in done.stdout


@pytest.fixture(scope="session")
def reports() -> dict[str, Any]:
    return {}


def test_exec_in_prod_is_refused_with_status_1(changed: Path, reports: dict[str, Any]) -> None:
    done = run(EXEC, changed)
    assert done.returncode == 1, done.stderr
    reports |= json.loads(done.stdout) | {"summary": (changed / "summary.md").read_text(encoding="utf-8")}
    (refused,) = reports["refused"]
    assert (refused["rule"], refused["environment"]) == ("exec-in-prod", "prod")


@pytest.mark.parametrize(
    ("environment", "service"), [("dev", "backend"), ("prod", "prometheus"), ("staging", "frontend")]
)
def test_a_toggle_reads_the_same_in_each_environment(reports: Document, environment: str, service: str) -> None:
    changes = reports["environments"][environment]["changes"]
    assert {
        each["address"]: each["verdict"]
        for each in changes
        if {difference["path"].partition(".")[0] for difference in each["differences"]} != {"tags"}
        and each["address"] != "aws_db_instance.database"
    } == {
        f'aws_iam_role_policy_attachment.ecs_exec["{service}"]': "create",
        f'aws_iam_role_policy.ecs_exec_session_log["{service}"]': "create",
        f"aws_ecs_service.{service}": "update",
        f"aws_ecs_task_definition.{service}": "replace",
    }


def test_no_base_had_to_be_deployed(reports: Document) -> None:
    assert [note for name in names() for note in reports["environments"][name]["notes"]] == []


def test_the_matrix_marks_the_three_cells(reports: Document) -> None:
    cells = {
        (name, service)
        for service, row in reports["exec"].items()
        for name, cell in row.items()
        if cell["before"] != cell["after"]
    }
    assert cells == {("dev", "backend"), ("prod", "prometheus"), ("staging", "frontend")}
    policies = re.findall(r"\*\*changed\*\* `off → on, policy (\S+), ", reports["summary"])
    assert sorted(policies) == ["AmazonSSMManagedInstanceCore", "aws_iam_policy.ecs_exec", "aws_iam_policy.ecs_exec"]


def test_a_tag_of_all_resources_is_one_line(reports: Document) -> None:
    (line,) = [line for line in reports["summary"].splitlines() if "CostCenter" in line and line.startswith("- ")]
    assert "resources: `+ tags.CostCenter: 42`" in line


def test_protection_taken_from_the_database_is_loud(reports: Document) -> None:
    assert reports["environments"]["prod"]["protections_lost"][0] == "aws_db_instance.database.deletion_protection"
    prod = reports["summary"].partition("### prod")[2]
    assert prod.index("**Protection lost**") < prod.index("<details>")


def test_an_override_counts_for_the_working_tree_only(project: Path) -> None:
    done = run(".venv/bin/python -m operations review --base main --head main dev", project, DEV__EXEC__BACKEND="true")
    assert "Nothing changes in dev." in done.stdout


def test_an_environment_that_is_removed_can_be_named(project: Path) -> None:
    (project / "environments/staging.toml").unlink()
    done = run(".venv/bin/python -m operations review --base main staging", project)
    git(project, "checkout", "--quiet", ".")
    assert (done.returncode, "the environment is not in the code any more" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("--base nowhere", "nowhere: no such revision here"),
        ("--base=--upload-pack=x", "--upload-pack=x: no such revision here"),
        ("--base main devv", f"unknown environment devv; choose {', '.join(names())}"),
        ("--base main --head main devv", f"unknown environment devv; choose {', '.join(names())}"),
    ],
)
def test_what_cannot_be_reviewed_is_status_2_at_once(project: Path, arguments: str, reason: str) -> None:
    done = run(f".venv/bin/python -m operations review {arguments}", project)
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr
    assert "Synthesizing" not in done.stderr


def test_wrong_settings_are_told_with_their_revision(project: Path) -> None:
    done = run(".venv/bin/python -m operations review --base main", project, DEV__NETWORK__CIDR="mars")
    assert done.returncode == 2
    assert "working tree cannot be synthesized:\nenvironments/dev.toml" in done.stderr


def test_ctrl_c_leaves_nothing_behind(changed: Path) -> None:
    command = [str(changed / ".venv/bin/python"), "-m", "operations", "review", "--base", "main", "dev"]
    with subprocess.Popen(  # noqa: S603 - ours
        command, cwd=changed, env=variables(changed), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        printed = ""
        while "planning the base" not in printed:
            printed += process.stderr.readline()
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate()
    assert (process.returncode, stdout) == (130, "")
    assert stderr.endswith("Stopped; nothing is left behind.\n")
    assert left_behind(changed) == []
