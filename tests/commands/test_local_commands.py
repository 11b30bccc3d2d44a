"""What a person types at the local AWS, and what they read."""

import fcntl
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from environments import load
from local_cloud import lifecycle
from local_cloud.__main__ import main
from local_cloud.folder import FOLDER_VARIABLE
from local_cloud.lock import hold_lock
from local_cloud.record import Record


@pytest.fixture
def folder(tmp_path: Path, named_mirror: None, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: ARG001 - for Terraform
    """Choose a folder in which no local AWS runs."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "local"))
    return tmp_path / "local"


@pytest.fixture
def server(folder: Path) -> Iterator[Record]:
    yield lifecycle.start(folder, load("dev").account_id)
    lifecycle.stop(folder)


def exported(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **present: str) -> dict[str, str]:
    """Return the variables of a shell with these that has taken what `env` prints."""
    for name, value in present.items():
        monkeypatch.setenv(name, value)
    assert main(["env"]) == 0
    program = "import json, os; print(json.dumps(dict(os.environ)))"
    script = f"{capsys.readouterr().out}\n{shlex.join([sys.executable, '-c', program])}"
    variables: dict[str, str] = json.loads(subprocess.check_output(["sh", "-c", script], text=True))  # noqa: S603, S607
    return variables


def test_up_and_down_end_where_they_began(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["up"]), main(["status"]), main(["down"]), main(["status"])) == (0, 0, 0, 1)
    said = capsys.readouterr()
    assert said.out.count("as account 123456789012") == 1
    assert said.err == "No local AWS runs; `make local` starts one and deploys dev to it.\n"
    assert not folder.exists()


def test_down_during_a_deploy_is_refused(server: Record, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with hold_lock(folder, "deploy dev"):
        assert main(["down"]) == 1
    assert "in use by `deploy dev` (process " in capsys.readouterr().err
    assert lifecycle.find(folder) == server


def test_lock_of_a_killed_command_is_free(folder: Path) -> None:
    program = "import sys; from pathlib import Path; from local_cloud.lock import hold_lock\n"
    program += "with hold_lock(Path(sys.argv[1]), 'deploy dev'): print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program, folder], stdin=-1, stdout=-1, cwd=Path.cwd()) as holder:  # noqa: S603
        assert holder.stdout
        held = holder.stdout.readline()
        refused = main(["down"])
        holder.kill()
    assert (held, refused, main(["down"])) == (b"held\n", 1, 0)


def test_lock_is_not_held_on_a_file_that_is_gone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`down` removes the folder between the two steps of another command: to open the file, and to lock it."""
    real = fcntl.flock
    removed: list[Path] = []

    def flock(file: TextIO, operation: int) -> None:
        if not removed:
            shutil.rmtree(folder)
            removed.append(folder)
        real(file, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    with hold_lock(folder, "deploy dev"):
        assert main(["down"]) == 1


def test_killed_server_is_reported(server: Record, capsys: pytest.CaptureFixture[str]) -> None:
    os.kill(server.pid, signal.SIGKILL)
    assert main(["status"]) == 1
    assert f"(process {server.pid}) ended unexpectedly" in capsys.readouterr().err


def test_environment_of_another_account_is_refused_in_one_line(
    server: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (main(["up", "prod"]), main(["env", "prod"])) == (1, 1)
    line, same = capsys.readouterr().err.splitlines()
    assert line == same
    assert f"plays account {server.account_id}, but prod belongs to 210987654321; end it first" in line


def test_shell_reaches_the_local_aws_alone(
    server: Record, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    variables = exported(monkeypatch, capsys, AWS_PROFILE="real", AWS_ENDPOINT_URL_S3="real", PLAIN="it's kept")
    assert variables["AWS_ENDPOINT_URL"] == server.url
    assert "real" not in {value for name, value in variables.items() if name.startswith("AWS_")}
    assert variables["PLAIN"] == "it's kept"


@pytest.mark.usefixtures("server")
def test_cdktf_of_that_shell_uses_the_state_of_the_local_deploy(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    variables = exported(monkeypatch, capsys)
    assert (variables["CDKTF_OUTPUT"], variables["CDKTF_OUTDIR"]) == (f"{folder}/cdktf.out",) * 2


def test_shell_hears_that_no_local_aws_runs(folder: Path) -> None:
    script = f'eval "$({sys.executable} -m local_cloud env)" && echo goes on'
    done = subprocess.run(  # noqa: S602 - as a person types it
        script,
        shell=True,
        env={**os.environ, FOLDER_VARIABLE: str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("No local AWS runs")


def test_outputs_are_listed_on_demand(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outputs"]) == 1
    folder.mkdir()
    (folder / "outputs.dev.json").write_text('{"dev": {"vpc_id": "vpc-1", "database_port": 5432}}')
    assert main(["outputs"]) == 0
    assert capsys.readouterr().out == "  database_port = 5432\n  vpc_id = vpc-1\n"
