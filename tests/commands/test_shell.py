"""`operations exec dev backend` is a shell on the user's terminal, a pty here, and leaves that as it was."""

import os
import select
import shlex
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from moto.moto_api._internal.models import moto_api_backend
from moto.server import ThreadedMotoServer

from local_cloud.moto_patches.exec_session import AGENT_FILE
from operations.ecs_exec.shell import shell
from tests.exec_agent.agent import ExecAgent
from tests.exec_agent.faults import Faults
from tests.exec_agent.session import Encryption
from tests.exec_agent.shell import Shell
from tests.unit.local_cloud.ecs_platform import client, create_service

CLUSTER, SERVICE = "dev-davidshaevel-cluster", "dev-davidshaevel-backend"
COMMAND = ".venv/bin/python -m operations exec dev backend"
SECONDS = 20


class User:
    """A person at a terminal of 100 by 40."""

    def __init__(self, agent: ExecAgent) -> None:
        self.agent = agent
        self.shell = Shell([sys.executable, *shlex.split(COMMAND)[1:]], {})
        self.shell.resize(columns=100, rows=40)
        self.settings = termios.tcgetattr(self.shell.terminal)
        self.screen = b""

    @property
    def session_id(self) -> str:
        return self.agent.records[0].token["sessionId"]

    def reads(self) -> bytes:
        assert select.select([self.shell.terminal], (), (), SECONDS)[0], f"nothing came after {self.screen!r}"
        return self.shell.read(1024)

    def sees(self, text: str) -> None:
        """Read until this text appears, and forget what is before it."""
        while text.encode() not in self.screen:
            piece = self.reads()
            assert piece, f"no {text!r} in {self.screen!r}"
            self.screen += piece
        self.screen = self.screen.partition(text.encode())[2]

    def types(self, keys: str) -> None:
        self.shell.write(keys.encode())

    def runs(self, command: str, printed: str) -> None:
        self.types(f"{command}\r")
        self.sees(f"\r\n{printed}")

    def leaves(self) -> int:
        """Read to the end; return the exit status if the terminal is as it was before."""
        while piece := self.reads():
            self.screen += piece
        assert termios.tcgetattr(self.shell.terminal) == self.settings
        return self.shell.wait()


Sit = Callable[..., User]


@pytest.fixture
def sit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sit]:
    """Sit down at a shell in dev's backend, on the local AWS."""
    monkeypatch.setenv(AGENT_FILE, str(tmp_path / "agent.json"))
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    variables = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    # The clients are kept: here they need this server's address, elsewhere they must not have it.
    client.cache_clear()
    client("ecs").create_cluster(clusterName=CLUSTER)
    create_service(cluster=CLUSTER, serviceName=SERVICE, enableExecuteCommand=True)
    with ExitStack() as stack:

        def sit_down(faults: Faults | None = None, encryption: Encryption | None = None) -> User:
            agent = stack.enter_context(
                ExecAgent(faults, encryption=encryption, environments={"backend": {"PS1": "$ "}})
            )
            agent.register(tmp_path / "agent.json")
            user = User(agent)
            stack.callback(user.shell.kill)
            return user

        yield sit_down
    client.cache_clear()
    moto_api_backend.reset()
    server.stop()


def test_a_shell_answers_and_exits_with_0(sit: Sit) -> None:
    user = sit()
    user.sees("$ ")
    user.runs("echo $((6 * 7)); tty", "42\r\n/dev/pts/")
    user.types("exit 3\r")
    assert user.leaves() == 0


def test_the_window_has_the_terminals_size(sit: Sit) -> None:
    user = sit()
    user.sees("$ ")
    user.runs("stty size", "40 100")
    # At the prompt, bash may print it again: the answer is on a line of its own all the same.
    user.shell.resize(columns=72, rows=20)
    user.runs("until [ \"$(stty size)\" = '20 72' ]; do sleep 0.1; done; echo; echo resized", "resized")


def test_ctrl_c_interrupts_the_remote_process(sit: Sit) -> None:
    user = sit()
    user.sees("$ ")
    user.types("sleep 4321\r")
    user.sees("sleep 4321\r\n")
    time.sleep(0.3)
    user.types("\x03")
    user.sees("$ ")
    user.runs("echo $?", "130")


def test_sigterm_restores_the_terminal(sit: Sit) -> None:
    user = sit()
    user.sees("$ ")
    os.kill(user.shell.pid, signal.SIGTERM)
    assert user.leaves() == 128 + signal.SIGTERM


def test_a_lost_session_restores_the_terminal(sit: Sit) -> None:
    user = sit(Faults(cut_after=3, resumable=False))
    user.sees("$ ")
    client("ssm").terminate_session(SessionId=user.session_id)
    user.types("sleep 1; date\r")
    assert user.leaves() == 125
    assert b"the shell's session ended: the connection broke off" in user.screen


def test_a_shell_goes_on_after_a_broken_connection(sit: Sit) -> None:
    user = sit(Faults(cut_after=3, cuts=3))
    user.sees("$ ")
    for number in range(5):
        user.runs(f"echo $(({number} + 1000))", f"{1000 + number}")
    user.types("exit\r")
    assert user.leaves() == 0


def test_an_image_without_a_shell_is_125(sit: Sit) -> None:
    user = sit(Faults(no_shell=True))
    assert user.leaves() == 125
    assert b"/bin/sh: no such file" in user.screen


def encryption() -> Encryption:
    key = client("kms").create_key()["KeyMetadata"]["KeyId"]
    client("ecs").update_cluster(cluster=CLUSTER, configuration={"executeCommandConfiguration": {"kmsKeyId": key}})
    return Encryption(key, client("kms"))


def test_an_encrypted_shell_has_the_terminals_size(sit: Sit) -> None:
    user = sit(encryption=encryption())
    user.sees("$ ")
    user.runs("stty size", "40 100")
    user.types("exit\r")
    assert user.leaves() == 0


def test_a_failed_handshake_restores_the_terminal(sit: Sit) -> None:
    user = sit(Faults(wrong_challenge=True), encryption())
    assert user.leaves() == 125
    assert b"not encrypted with the session's key" in user.screen


def test_a_reason_is_the_first_line_of_a_session() -> None:
    ran = subprocess.run(shlex.split(shell("incident 4711")), input="echo typed\n", capture_output=True, text=True)  # noqa: PLW1510, S603 - the text of a session
    assert ran.stdout == "reason: incident 4711\ntyped\n"
