"""Starts the local AWS in the background, finds it again, and ends it; never touches a process that is not ours."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from environments import Environment
from local_cloud import lock
from local_cloud.errors import LocalCloudError
from local_cloud.private import make_folder, open_private
from local_cloud.record import Record

_START_SECONDS = 60
_STOP_SECONDS = 15
_POLL_SECONDS = 0.1
_PROJECT = Path(__file__).resolve().parent.parent


def find(folder: Path) -> Record | None:
    """Find the server that was started from this folder and still runs.

    Raises LocalCloudError where its port is taken by something that does not answer.
    """
    record = Record.read(folder)
    if record is None:
        return None
    try:
        return record if record.answers() else None
    except TimeoutError:
        message = (
            f"process {record.pid} on port {record.port} is taken for the local AWS but does not answer; "
            f"look at it (ps -p {record.pid}), end it if it is ours, then try again"
        )
        raise LocalCloudError(message) from None


def check_account(server: Record, environment: Environment) -> None:
    """Raise LocalCloudError if the server is not the account that the environment belongs to."""
    if server.account_id != environment.account_id:
        message = (
            f"the local AWS plays account {server.account_id}, but {environment.name} belongs to "
            f"{environment.account_id}; end it first with `make local-down`"
        )
        raise LocalCloudError(message)


def start(folder: Path, account_id: str) -> Record:
    """Start a server that outlives this process and holds nothing yet, and wait until it answers.

    What is left in the folder of an earlier server that has died goes first: its resources died with it, and a
    Terraform state that still lists them would only mislead.
    """
    _clear(folder)
    make_folder(folder)
    log = log_file(folder)
    with open_private(log) as output:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "local_cloud.server", "--folder", str(folder), "--account-id", account_id],
            cwd=_PROJECT,
            env=_server_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # A session of its own: neither Ctrl-C nor the end of the terminal reaches it.
            start_new_session=True,
        )
    try:
        record = _wait_until_up(folder, process, log)
    except BaseException:
        process.terminate()
        process.wait(_STOP_SECONDS)
        raise
    # It outlives this object, which would else complain of a child left running.
    process.returncode = 0
    return record


def stop(folder: Path) -> Record | None:
    """End the server of this folder and forget all it held; answer what ran, None where nothing did.

    Raises LocalCloudError where the server does not end.
    """
    record = find(folder)
    if record:
        os.kill(record.pid, signal.SIGTERM)
        _wait_until_gone(record)
    shutil.rmtree(folder, ignore_errors=True)
    return record


def log_file(folder: Path) -> Path:
    """Return where the server of this folder logs."""
    return folder / "server.log"


def _clear(folder: Path) -> None:
    """Remove what is in the folder but for the lock, which the caller may hold."""
    for path in folder.iterdir() if folder.exists() else ():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != lock.FILE:
            path.unlink()


def _server_environment() -> dict[str, str]:
    """Hand on the environment without settings that are meant for real AWS or for another moto."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}


def _wait_until_up(folder: Path, process: "subprocess.Popen[bytes]", log: Path) -> Record:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        record = Record.read(folder)
        if record and record.answers():
            return record
        if process.poll() is not None:
            raise LocalCloudError(f"the local AWS ended at its start:\n{log.read_text().rstrip()}")
        time.sleep(_POLL_SECONDS)
    raise LocalCloudError(f"the local AWS did not answer within {_START_SECONDS} seconds; its log is {log}")


def _wait_until_gone(record: Record) -> None:
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline:
        if record.is_gone():
            return
        time.sleep(_POLL_SECONDS)
    raise LocalCloudError(f"the local AWS (process {record.pid}) did not end within {_STOP_SECONDS} seconds; end it")
