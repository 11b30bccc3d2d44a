"""A deploy runs cdktf against the local AWS alone, says what happened, and fails with the cause in sight."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from environments import load
from local_cloud import cdktf_runner, lifecycle
from local_cloud.__main__ import main
from local_cloud.deploy import deploy
from local_cloud.errors import LocalCloudError
from local_cloud.lock import hold_lock
from local_cloud.progress import Progress
from local_cloud.record import Record
from local_cloud.variables import variables_for

SERVER = Record(pid=1, port=4566, token="ours", account_id="123456789012")  # noqa: S106 - no secret: a name


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep one server for all deploys of this module."""
    folder = tmp_path_factory.mktemp("local")
    lifecycle.start(folder, load("dev").account_id)
    yield folder
    lifecycle.stop(folder)


@pytest.fixture
def project(tmp_path: Path, named_mirror: None) -> Path:  # noqa: ARG001 - in the same folder
    """Make a project, in which only cdktf is missing."""
    return tmp_path


def install_cdktf(project: Path, *script: str) -> None:
    """Put a program in cdktf's place; ``$7`` is where the outputs are to be written."""
    program(project / "node_modules" / ".bin" / "cdktf", *script)


def program(path: Path, *script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(("#!/bin/sh", *script)))
    path.chmod(0o755)


def test_a_child_reaches_the_local_aws_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "real")
    variables = variables_for(SERVER, load("dev"), tmp_path, None)
    assert variables["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert "real" not in {value for name, value in variables.items() if name.startswith("AWS_")}
    assert variables["AWS_CONFIG_FILE"] == variables["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull


def test_mirror_is_used_for_the_install_and_for_the_lock(tmp_path: Path) -> None:
    variables = variables_for(SERVER, load("dev"), tmp_path, Path("/mirror"))
    assert Path(variables["TF_CLI_CONFIG_FILE"]).read_text().count('path = "/mirror"') == 1
    assert variables["TF_CLI_ARGS_providers_lock"] == "-fs-mirror=/mirror"


@pytest.mark.parametrize(("exists", "kept"), [(True, True), (False, False)])
def test_terraforms_own_configuration_counts_only_if_it_exists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exists: bool, kept: bool
) -> None:
    configuration = tmp_path / "terraformrc"
    if exists:
        configuration.touch()
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(configuration))
    assert bool(variables_for(SERVER, load("dev"), tmp_path, None)["TF_CLI_CONFIG_FILE"]) is kept


def test_summary_lists_outputs_changes_and_what_to_do_next(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install_cdktf(
        project,
        "echo '# aws_vpc.network (network/vpc) will be created'",
        "echo 'Apply complete! Resources: 1 added, 0 changed, 0 destroyed.'",
        """echo '{"dev": {"vpc_id": "vpc-1", "database_port": 5432}}' > "$7" """,
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
    install_cdktf(project, "echo 'No changes. Your infrastructure matches.'", """echo '{"dev": {}}' > "$7" """)
    assert deploy("dev", project, folder) == 0
    assert "Nothing changed" in capsys.readouterr().out


def test_outputs_that_are_as_before_are_not_repeated(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for vpc in ("vpc-1", "vpc-2"):
        install_cdktf(project, f"""echo '{{"dev": {{"vpc_id": "{vpc}", "same": 1}}}}' > "$7" """)
        capsys.readouterr()
        deploy("dev", project, folder)
    said = capsys.readouterr().out
    assert "  vpc_id = vpc-2\n" in said
    assert "same" not in said


def test_second_deploy_at_the_same_time_is_refused(project: Path, folder: Path) -> None:
    install_cdktf(project)
    with (
        hold_lock(folder, "deploy dev"),
        pytest.raises(LocalCloudError, match=rf"in use by `deploy dev` \(process {os.getpid()}\); wait"),
    ):
        deploy("dev", project, folder)


def test_killed_server_ends_the_deploy_at_once(project: Path, tmp_path: Path) -> None:
    install_cdktf(project, "sleep 60 & wait")
    server = lifecycle.start(tmp_path / "local", load("dev").account_id)
    threading.Timer(1, os.kill, (server.pid, signal.SIGKILL)).start()
    started = time.monotonic()
    with pytest.raises(LocalCloudError, match=rf"the local AWS \(process {server.pid}\) has ended during the deploy"):
        deploy("dev", project, tmp_path / "local")
    assert time.monotonic() - started < 10


def test_quiet_time_is_told_though_terraform_repeats_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cdktf_runner, "_QUIET_SECONDS", 0.3)
    repeated = "for i in 1 2 3 4 5 6; do echo 'dev  aws_vpc.network: Still creating... [10s elapsed]'; sleep 0.1; done"
    install_cdktf(tmp_path, "echo 'dev  aws_vpc.network: Creating...'", repeated)
    command = cdktf_runner.deploy_command("dev", tmp_path, tmp_path, bucket=None)
    cdktf_runner.run(command, tmp_path, os.environ, tmp_path / "log", Progress("dev"), check=lambda: None)
    assert "still at aws_vpc.network\n" in capsys.readouterr().out


def test_what_cdktf_writes_is_its_owners_alone(project: Path, folder: Path) -> None:
    install_cdktf(project, """echo '{"dev": {}}' > "$7" """)
    deploy("dev", project, folder)
    modes = {name: oct((folder / name).stat().st_mode & 0o777) for name in ("outputs.dev.json", "deploy.log")}
    assert set(modes.values()) == {"0o600"}


def test_bucket_for_the_state_is_made_before_cdktf_runs(
    project: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEV__STATE__BUCKET", "acme-state")
    look = "import boto3; boto3.client('s3').head_bucket(Bucket='acme-state')"
    install_cdktf(project, f'{sys.executable} -c "{look}" || exit 3', """echo '{"dev": {}}' > "$7" """)
    assert deploy("dev", project, folder) == 0


def test_overrides_are_named(
    project: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DEV__EXEC__BACKEND", "true")
    install_cdktf(project, """echo '{"dev": {}}' > "$7" """)
    deploy("dev", project, folder)
    line = "DEV__EXEC__BACKEND is in force: exec.backend = true (environments/dev.toml: false)\n"
    assert capsys.readouterr().err == line


@pytest.mark.parametrize("known", [{"bucket": "acme-state"}, {"path": "terraform.dev.tfstate"}])
def test_state_moves_where_another_bucket_held_it_or_none(tmp_path: Path, known: dict[str, str]) -> None:
    install_cdktf(tmp_path)
    written = tmp_path / "cdktf.out/stacks/dev/.terraform/terraform.tfstate"
    written.parent.mkdir(parents=True)
    written.write_text(json.dumps({"backend": {"config": known}}))
    moved = {
        bucket
        for bucket in (None, "acme-state", "other-state")
        if "--migrate-state" in cdktf_runner.deploy_command("dev", tmp_path, tmp_path, bucket=bucket)
    }
    assert moved == {None, "acme-state", "other-state"} - {known.get("bucket")}


def test_first_deploy_has_no_state_to_move(tmp_path: Path) -> None:
    install_cdktf(tmp_path)
    assert "--migrate-state" not in cdktf_runner.deploy_command("dev", tmp_path, tmp_path, bucket="acme-state")


def test_failed_deploy_shows_the_cause_and_keeps_the_exit_code(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install_cdktf(project, "echo '│ Error: no room'", "exit 3")
    assert deploy("dev", project, folder) == 3
    assert "│ Error: no room\n\nNot deployed (exit code 3)" in capsys.readouterr().out


def test_environment_of_another_account_is_refused(project: Path, folder: Path) -> None:
    install_cdktf(project)
    with pytest.raises(LocalCloudError, match="plays account 123456789012, but prod belongs to 210987654321"):
        deploy("prod", project, folder)


def test_missing_cdktf_is_said_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(LocalCloudError, match="cdktf is not installed: "):
        deploy("dev", tmp_path, tmp_path / "local")
    assert not (tmp_path / "local").exists()


def test_an_unknown_environment_ends_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", "nonesuch"]) == 1
    assert "unknown environment nonesuch" in capsys.readouterr().err


def test_interruption_lets_terraform_end_in_order(tmp_path: Path) -> None:
    """cdktf itself must not hear of it: it would leave at once, and take Terraform with it."""
    ready, saved = tmp_path / "ready", tmp_path / "saved"
    program(
        tmp_path / "terraform", f"trap 'touch {saved}; exit 1' INT", f"touch {ready}", "while :; do sleep 0.05; done"
    )
    install_cdktf(tmp_path, "ps -o pgid= -p $$", str(tmp_path / "terraform"), "echo cdktf has seen the end")

    def interrupt() -> None:
        while not ready.exists():
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    progress, command = Progress("dev"), cdktf_runner.deploy_command("dev", tmp_path, tmp_path, bucket=None)
    with pytest.raises(KeyboardInterrupt):
        cdktf_runner.run(command, tmp_path, os.environ, tmp_path / "deploy.log", progress, check=lambda: None)
    assert saved.exists()
    group, last = progress.lines
    assert int(group) != os.getpgrp(), "the terminal's Ctrl-C must not reach it"
    assert last == "cdktf has seen the end"
