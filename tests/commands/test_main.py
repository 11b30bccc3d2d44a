"""The command that cdktf runs: bad settings end it with a report, before Node is started."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from environments import names
from tests.commands.changed_project import add_to_every_stack, lay_out, written

ROOT = Path(__file__).parents[2]


def run(
    folder: Path, options: Sequence[str] = (), arguments: Sequence[str] = (), *, cwd: Path = ROOT, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run main.py where there is no Node to start."""
    return subprocess.run(  # noqa: S603 - our own file
        [sys.executable, *options, "main.py", *arguments],
        cwd=cwd,
        env={**os.environ, "PATH": str(folder), "CDKTF_OUTDIR": str(folder / "cdktf.out"), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_bad_settings_end_in_one_report_and_no_output(tmp_path: Path) -> None:
    ran = run(tmp_path, DEV__EXEC__BAKEND="true", PROD__SERVICES__BACKEND__PORT="70000")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        "environments/dev.toml: 1 error\n"
        "  exec.bakend (from DEV__EXEC__BAKEND): unknown key; did you mean backend?\n"
        "environments/prod.toml: 1 error\n"
        "  services.backend.port (from PROD__SERVICES__BACKEND__PORT): 70000 is not a port; choose 1 to 65535\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_synthesis_locks_the_provider_and_names_overrides(tmp_path: Path) -> None:
    ran = run(tmp_path, PATH=os.environ["PATH"], DEV__EXEC__BACKEND="true", PRDO__EXEC__BACKEND="true")
    assert ran.returncode == 0
    assert ran.stderr.splitlines() == [
        "DEV__EXEC__BACKEND is in force: exec.backend = true (environments/dev.toml: false)",
        "PRDO__EXEC__BACKEND has no effect; did you mean PROD__EXEC__BACKEND?",
    ]
    for environment in names():
        lock = tmp_path / "cdktf.out/stacks" / environment / ".terraform.lock.hcl"
        assert lock.read_text() == (ROOT / ".terraform.lock.hcl").read_text()


def test_a_missing_package_names_make_install(tmp_path: Path) -> None:
    ran = run(tmp_path, options=["-S"])
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("pydantic is not installed for ")
    assert "make install" in ran.stderr


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "project")


def refused(project: Path) -> str:
    """Run main.py, which must leave nothing to deploy, and return what it reports."""
    ran = run(project, cwd=project, PATH=os.environ["PATH"])
    assert (ran.returncode, ran.stdout) == (1, "")
    assert written(project) == []
    return ran.stderr


def test_a_broken_rule_ends_in_one_report_and_no_output(project: Path) -> None:
    add_to_every_stack(project, 'CloudwatchLogGroup(self, "audit", name="/audit")')
    report = refused(project)
    assert report.splitlines()[:4] == [
        "dev: nothing can be deployed before this is put right (docs/rules.md)",
        "  log-retention: CloudWatch keeps logs for ever unless a group says how long, and bills for it.",
        "    aws_cloudwatch_log_group.audit: it has no retention_in_days",
        "    What to do: set retention_in_days to the environment's log_retention_days.",
    ]
    # Staging is of dev's account.
    assert "aws_cloudwatch_log_group.audit: its name /audit is that of aws_cloudwatch_log_group.audit of dev" in report


def test_a_shared_address_ends_in_one_line_and_no_output(project: Path) -> None:
    add_to_every_stack(project, 'CloudwatchLogGroup(Construct(self, "a"), "b"), CloudwatchLogGroup(self, "a_b")')
    assert refused(project) == (
        "unique-address: dev/a_b: dev/a/b has the address aws_cloudwatch_log_group.a_b already; rename one of the two\n"
    )


def test_a_named_environment_is_synthesized_alone(tmp_path: Path) -> None:
    assert run(tmp_path, arguments=["dev"], PATH=os.environ["PATH"]).returncode == 0
    assert [folder.name for folder in (tmp_path / "cdktf.out/stacks").iterdir()] == ["dev"]


def test_a_named_environment_must_exist(tmp_path: Path) -> None:
    assert "unknown environment devv; did you mean dev?" in run(tmp_path, arguments=["devv"]).stderr


def test_settings_of_environments_not_named_are_checked_too(tmp_path: Path) -> None:
    ran = run(tmp_path, arguments=["dev"], PROD__SERVICES__BACKEND__PORT="70000")
    assert "environments/prod.toml: 1 error" in ran.stderr
