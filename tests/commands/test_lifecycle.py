"""The local AWS runs in the background, is found again, and ends without touching any other process."""

import fcntl
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_cloud import lifecycle, record
from local_cloud.errors import LocalCloudError
from local_cloud.record import Record
from local_cloud.server import LIFELINE_VARIABLE

ACCOUNT = "123456789012"
HOLD = """
import fcntl, sys, time
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Listen on a free port, and never answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def record_of(pid: int, port: int, folder: Path) -> Record:
    written = Record(pid=pid, port=port, token="ours", account_id=ACCOUNT)  # noqa: S106 - no secret: a name
    written.write(folder)
    return written


def test_a_server_is_found_again_until_it_is_stopped(tmp_path: Path) -> None:
    folder = tmp_path / "local"
    server = lifecycle.start(folder, ACCOUNT)
    try:
        assert lifecycle.find(folder) == server
    finally:
        assert lifecycle.stop(folder) == server
    assert server.is_gone()
    assert not folder.exists()
    assert lifecycle.find(folder) is None


def test_an_answer_leaves_in_one_piece(tmp_path: Path) -> None:
    server = lifecycle.start(tmp_path, ACCOUNT)
    try:
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(b"GET /moto-api/data.json HTTP/1.0\r\n\r\n")
            headers, _, body = client.recv(2**20).partition(b"\r\n\r\n")
    finally:
        lifecycle.stop(tmp_path)
    assert headers.startswith(b"HTTP/1.")
    assert body


def test_second_server_takes_another_port(tmp_path: Path) -> None:
    servers = [lifecycle.start(tmp_path / name, ACCOUNT) for name in ("one", "two")]
    for name in ("one", "two"):
        lifecycle.stop(tmp_path / name)
    assert servers[0].port != servers[1].port


def test_start_forgets_what_an_earlier_server_held(tmp_path: Path) -> None:
    (tmp_path / "terraform.dev.tfstate").touch()
    lifecycle.start(tmp_path, ACCOUNT)
    lifecycle.stop(tmp_path)
    assert not tmp_path.exists()


def test_record_of_a_dead_server_is_not_taken_for_a_running_one(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    record_of(os.getpid(), port, tmp_path)
    assert lifecycle.find(tmp_path) is None


def test_stop_spares_a_foreign_server_on_the_recorded_port(tmp_path: Path) -> None:
    """The process is alive and its port answers with its id, but not with our token."""
    identity = tmp_path / record.IDENTITY_PATH.removeprefix("/")
    identity.parent.mkdir()
    with subprocess.Popen(  # noqa: S603 - Python's own server
        [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as foreign:
        assert foreign.stdout
        identity.write_text(json.dumps({"pid": foreign.pid, "token": "theirs"}))
        record_of(foreign.pid, int(foreign.stdout.readline().split(" port ")[1].split()[0]), tmp_path / "local")
        stopped = lifecycle.stop(tmp_path / "local")
        alive = foreign.poll() is None
        foreign.terminate()
    assert (stopped, alive) == (None, True)


def test_server_that_does_not_answer_is_reported_and_left_alone(
    tmp_path: Path, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "_ANSWER_SECONDS", 0.1)
    record_of(os.getpid(), listener.getsockname()[1], tmp_path)
    with pytest.raises(LocalCloudError, match="does not answer; look at it"):
        lifecycle.stop(tmp_path)


def test_record_that_cannot_be_understood_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text('{"pid": 1')
    assert lifecycle.find(tmp_path) is None


def test_server_that_ends_at_its_start_shows_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "local_cloud").mkdir()
    (tmp_path / "local_cloud" / "__init__.py").touch()
    (tmp_path / "local_cloud" / "server.py").write_text("raise SystemExit('no room')")
    monkeypatch.setattr(lifecycle, "_PROJECT", tmp_path)
    with pytest.raises(LocalCloudError, match="ended at its start:\nno room"):
        lifecycle.start(tmp_path / "local", ACCOUNT)


def test_server_ends_with_a_killed_test_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lifeline = tmp_path / "lifeline"
    with subprocess.Popen([sys.executable, "-c", HOLD, lifeline], stdout=subprocess.PIPE) as run:  # noqa: S603 - above
        assert run.stdout
        run.stdout.readline()
        monkeypatch.setenv(LIFELINE_VARIABLE, str(lifeline))
        try:
            server = lifecycle.start(tmp_path / "local", ACCOUNT)
            alive = not server.is_gone()
        finally:
            run.kill()
    until = time.monotonic() + 10
    while not server.is_gone() and time.monotonic() < until:
        time.sleep(0.05)
    assert (alive, server.is_gone()) == (True, True)


def test_this_test_run_holds_a_lifeline() -> None:
    with Path(os.environ[LIFELINE_VARIABLE]).open() as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_what_the_server_writes_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "local"
    lifecycle.start(folder, ACCOUNT)
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (folder, *folder.iterdir())}
    lifecycle.stop(folder)
    assert modes == {"local": "0o700", "server.json": "0o600", "server.log": "0o600"}
