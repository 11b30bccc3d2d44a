"""A deploy runs Terraform against the local AWS alone, says what happened, and fails with the cause in sight."""

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from environments import load
from local_cloud import lifecycle, runner
from local_cloud.__main__ import main
from local_cloud.deploy import deploy
from local_cloud.errors import LocalCloudError
from local_cloud.lock import hold_lock
from local_cloud.progress import Progress
from local_cloud.steps import Step


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep one server for all deploys of this module."""
    folder = tmp_path_factory.mktemp("local")
    lifecycle.start(folder, load("dev").account_id)
    yield folder
    lifecycle.stop(folder)


APP = """
import os, pathlib, sys
stack = pathlib.Path(os.environ["CDKTF_OUTDIR"], "stacks", sys.argv[1])
stack.mkdir(parents=True, exist_ok=True)
(stack / "cdk.tf.json").write_text('{"terraform": {"backend": {"local": {"path": "%s"}}}}' % os.environ.get("BACKEND"))
(stack / ".terraform.lock.hcl").touch()
"""


@pytest.fixture
def project(tmp_path: Path, named_mirror: None, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: ARG001 - in the same folder
    """Make a project whose app writes an empty stack; Terraform is what `install_terraform` puts there."""
    (tmp_path / "main.py").write_text(APP)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    return tmp_path


def install_terraform(project: Path, *apply: str, outputs: str = "{}") -> None:
    """Put a program in Terraform's place, by what it does to apply; it notes the commands that it gets."""
    commands = f"echo $2 >> {project / 'commands'}"
    program(
        project / "bin/terraform", commands, "case $2 in", "apply)", *apply, ";;", f"output) echo '{outputs}';;", "esac"
    )


def program(path: Path, *script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(("#!/bin/sh", *script)))
    path.chmod(0o755)


def test_summary_lists_outputs_changes_and_what_to_do_next(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install_terraform(
        project,
        "echo '# aws_vpc.network will be created'",
        "echo 'Apply complete! Resources: 1 added, 0 changed, 0 destroyed.'",
        outputs='{"vpc_id": {"value": "vpc-1"}, "database_port": {"value": 5432}}',
    )
    assert deploy("dev", project, folder) == 0
    said = capsys.readouterr().out
    assert "lists all):\n  database_port = 5432\n  vpc_id = vpc-1\n" in said
    assert said.endswith("1 added, 0 changed, 0 destroyed.\n  +   aws_vpc.network\n")
    assert "make local-down" in said
    assert "DEV__EXEC__BACKEND=true make local" in said


def test_second_deploy_says_that_nothing_changed(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install_terraform(project, "echo 'No changes. Your infrastructure matches.'")
    assert deploy("dev", project, folder) == 0
    assert "Nothing changed" in capsys.readouterr().out


def test_outputs_that_are_as_before_are_not_repeated(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for vpc in ("vpc-1", "vpc-2"):
        install_terraform(project, outputs=f'{{"vpc_id": {{"value": "{vpc}"}}, "same": {{"value": 1}}}}')
        capsys.readouterr()
        deploy("dev", project, folder)
    said = capsys.readouterr().out
    assert "  vpc_id = vpc-2\n" in said
    assert "same" not in said


def test_second_deploy_at_the_same_time_is_refused(project: Path, folder: Path) -> None:
    install_terraform(project)
    with (
        hold_lock(folder, "deploy dev"),
        pytest.raises(LocalCloudError, match=rf"in use by `deploy dev` \(process {os.getpid()}\); wait"),
    ):
        deploy("dev", project, folder)


def test_killed_server_ends_the_deploy_at_once(project: Path, tmp_path: Path) -> None:
    install_terraform(project, "sleep 60 & wait")
    server = lifecycle.start(tmp_path / "local", load("dev").account_id)
    threading.Timer(1, os.kill, (server.pid, signal.SIGKILL)).start()
    started = time.monotonic()
    with pytest.raises(LocalCloudError, match=rf"the local AWS \(process {server.pid}\) has ended during the deploy"):
        deploy("dev", project, tmp_path / "local")
    assert time.monotonic() - started < 10


def test_quiet_time_is_told_though_terraform_repeats_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runner, "_QUIET_SECONDS", 0.3)
    repeated = "for i in 1 2 3 4 5 6; do echo 'aws_vpc.network: Still creating... [10s elapsed]'; sleep 0.1; done"
    command = ["sh", "-c", f"echo 'aws_vpc.network: Creating...'; {repeated}"]
    runner.run([Step(command, os.environ)], tmp_path, tmp_path / "log", Progress(), check=lambda: None)
    assert "still at aws_vpc.network\n" in capsys.readouterr().out


def test_what_a_deploy_writes_is_its_owners_alone(project: Path, folder: Path) -> None:
    install_terraform(project)
    deploy("dev", project, folder)
    modes = {name: oct((folder / name).stat().st_mode & 0o777) for name in ("outputs.dev.json", "deploy.log")}
    assert set(modes.values()) == {"0o600"}


def test_bucket_for_the_state_is_made_before_terraform_runs(
    project: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEV__STATE__BUCKET", "acme-state")
    look = "import boto3; boto3.client('s3').head_bucket(Bucket='acme-state')"
    install_terraform(project, f'{sys.executable} -c "{look}" || exit 3')
    assert deploy("dev", project, folder) == 0


def test_overrides_are_named(
    project: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DEV__EXEC__BACKEND", "true")
    install_terraform(project)
    deploy("dev", project, folder)
    line = "DEV__EXEC__BACKEND is in force: exec.backend = true (environments/dev.toml: false)\n"
    assert capsys.readouterr().err == line


@pytest.mark.parametrize(
    ("applies", "backends", "initialized"),
    [
        (["", ""], ["a", "a"], 1),
        (["", ""], ["a", "b"], 2),
        (["exit 1", ""], ["a", "a"], 2),
    ],
    ids=["as_before", "another_backend", "after_a_failure"],
)
def test_terraform_is_initialized_if_something_may_have_changed(  # noqa: PLR0917 - a table
    project: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    applies: list[str],
    backends: list[str],
    initialized: int,
) -> None:
    shutil.rmtree(folder / "cdktf.out", ignore_errors=True)
    for apply, backend in zip(applies, backends, strict=True):
        monkeypatch.setenv("BACKEND", backend)
        install_terraform(project, apply)
        deploy("dev", project, folder)
    assert (project / "commands").read_text().split().count("init") == initialized


def test_failed_deploy_shows_the_cause_and_keeps_the_exit_code(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install_terraform(project, "echo '│ Error: no room'", "exit 3")
    assert deploy("dev", project, folder) == 3
    assert "│ Error: no room\n\nNot deployed (exit code 3)" in capsys.readouterr().out


def test_environment_of_another_account_is_refused(project: Path, folder: Path) -> None:
    install_terraform(project)
    with pytest.raises(LocalCloudError, match="plays account 123456789012, but prod belongs to 210987654321"):
        deploy("prod", project, folder)


def test_missing_terraform_is_said_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LocalCloudError, match="terraform is not installed: "):
        deploy("dev", tmp_path, tmp_path / "local")
    assert not (tmp_path / "local").exists()


def test_an_unknown_environment_ends_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", "nonesuch"]) == 1
    assert "unknown environment nonesuch" in capsys.readouterr().err


def test_interruption_lets_terraform_end_in_order(tmp_path: Path) -> None:
    ready, saved, next_one = tmp_path / "ready", tmp_path / "saved", tmp_path / "next"
    trap = f"trap 'touch {saved}; echo saved; exit 1' INT; ps -o pgid= -p $$; touch {ready}"
    commands = [["sh", "-c", f"{trap}; while :; do sleep 0.05; done"], ["touch", str(next_one)]]
    steps = [Step(command, os.environ) for command in commands]

    def interrupt() -> None:
        while not ready.exists():
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    progress = Progress()
    with pytest.raises(KeyboardInterrupt):
        runner.run(steps, tmp_path, tmp_path / "deploy.log", progress, check=lambda: None)
    assert (saved.exists(), next_one.exists()) == (True, False)
    group, last = progress.lines
    assert int(group) != os.getpgrp(), "the terminal's Ctrl-C must not reach it"
    assert last == "saved"


def test_an_interruption_at_the_start_of_a_command_reaches_it(tmp_path: Path) -> None:
    script = "trap 'echo told; exit 1' INT; kill -INT $PPID; sleep 0.1; sleep 0.1; echo missed"
    command = Step(["sh", "-c", script], os.environ)
    for _ in range(20):
        progress = Progress()
        with pytest.raises(KeyboardInterrupt):
            runner.run([command], tmp_path, tmp_path / "deploy.log", progress, check=lambda: None)
        assert progress.lines == ["told"]


def test_a_deploy_in_the_background_ignores_an_interruption(tmp_path: Path) -> None:
    command = Step(["sh", "-c", "kill -INT $PPID"], os.environ)
    # As a shell starts what goes on in the background.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert runner.run([command], tmp_path, tmp_path / "deploy.log", Progress(), check=lambda: None) == 0
    finally:
        signal.signal(signal.SIGINT, before)
