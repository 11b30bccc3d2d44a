"""The command line, and Terraform as it runs it: a reason without a traceback, and an orderly end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from operations.command_line import main
from operations.errors import OperationError
from operations.terraform import Terraform

PROJECT = Path(__file__).parents[4]
Capture = pytest.CaptureFixture[str]
# A second interrupt would make Terraform leave at once, without saving.
INTERRUPTIBLE = """#!/bin/sh
trap 'echo interrupted >> state; ending=yes' INT
echo running > state
while [ -z "$ending" ]; do sleep 0.1; done
sleep 0.5
exit 1
"""
APPLY = """
import sys
from pathlib import Path
from operations.terraform import Terraform
Terraform("dev", Path(sys.argv[1])).apply_plan()
"""


def install(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a script be the only terraform there is."""
    program = folder / "terraform"
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join((str(folder), os.environ["PATH"])))


def test_unknown_environment_is_status_1(capsys: Capture) -> None:
    assert main(["recover", "devv"]) == 2
    assert "unknown environment devv; did you mean dev?" in capsys.readouterr().err


def test_unreachable_aws_is_status_1_before_anything_is_planned(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    for name, value in {
        "ACCESS_KEY_ID": "test",
        "SECRET_ACCESS_KEY": "test",
        "ENDPOINT_URL": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    assert main(["recover", "dev"]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("AWS cannot be reached: ")
    assert captured.out == ""


def test_a_machine_without_terraform_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OperationError, match="terraform is not installed"):
        Terraform("dev", tmp_path).initialize()


def test_what_terraform_complains_of_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "#!/bin/sh\necho 'Error: no bucket' >&2\nexit 1\n", monkeypatch)
    with pytest.raises(OperationError, match="terraform init failed:\nError: no bucket"):
        Terraform("dev", tmp_path).initialize()


def test_an_interrupted_terraform_is_left_to_save_its_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, INTERRUPTIBLE, monkeypatch)
    state = tmp_path / "state"
    with subprocess.Popen(  # noqa: S603 - written above
        [sys.executable, "-c", APPLY, str(tmp_path)],
        cwd=PROJECT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as recovery:
        until = time.monotonic() + 30
        while not state.exists() and time.monotonic() < until:
            time.sleep(0.05)
        # As a terminal does it: to every process in the foreground.
        os.killpg(recovery.pid, signal.SIGINT)
        _, error = recovery.communicate()
    assert state.read_text() == "running\ninterrupted\n"
    assert error.endswith("KeyboardInterrupt\n")
