"""The client and a real shell, behind an agent that misbehaves: the right outcome, and nothing left running."""

import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import NamedTuple

import boto3
import pytest

from operations.aws.clients import Clients
from operations.ecs_exec.data_channel import DataKey, Session, Transcript, follow, wrap
from tests.exec_agent.agent import ExecAgent
from tests.exec_agent.faults import Faults
from tests.exec_agent.session import Encryption, Record

# One process waits for deadlines, these and those of test_run_command.py, while the others compute.
pytestmark = pytest.mark.xdist_group("deadlines")

CLIENTS = Clients(boto3.Session("test", "test", region_name="us-east-1"))
ALWAYS = float("inf")
LINES = "".join(f"line {number}\n" for number in range(200))
PRINT_LINES = "i=0; while [ $i -lt 200 ]; do echo line $i; i=$((i + 1)); done; exit 3"


class Kms:
    """A key service that knows one data key."""

    key = DataKey(bytes(range(64)), b"sealed")

    def decrypt(self, **request: object) -> dict[str, bytes]:
        assert request["CiphertextBlob"] == self.key.ciphertext
        return {"Plaintext": self.key.plaintext}


ENCRYPTION = Encryption("alias/exec", Kms())


class Ran(NamedTuple):
    transcript: Transcript
    output: str
    reason: str
    seconds: float
    record: Record | None


Run = Callable[..., Ran]


def signed(url: str, token: str) -> Session:
    return Session(url, token, CLIENTS.sign("ssmmessages", url))


@pytest.fixture
def run() -> Iterator[Run]:
    """Run a command behind an agent with these faults; afterwards nothing of it runs any more."""
    mark = f"MARK_{secrets.token_hex(8)}"

    def ran(
        command: str, faults: Faults | None = None, *, seconds: float = 10, stop: Event | None = None, **given: object
    ) -> Ran:
        output = bytearray()
        text, transcript = wrap(command, output.extend)
        encryption = given.get("encryption")
        assert encryption is None or isinstance(encryption, Encryption)
        new_data_key = given.get("new_data_key")
        with ExecAgent(faults, environments={"app": {mark: "1"}}, encryption=encryption) as agent:
            started = time.monotonic()
            token = given.get("token") or agent.token(text)
            reason = follow(
                signed(f"{agent.url}/stream", str(token)),
                transcript,
                deadline=started + seconds,
                stop=stop or Event(),
                new_data_key=new_data_key,  # type: ignore[arg-type] # a test's own
                resume=(lambda: signed(f"{agent.url}/again", agent.token(text))) if given.get("resume") else None,
            )
            took = time.monotonic() - started
        assert agent.errors == []
        return Ran(
            transcript, output.decode(errors="replace"), reason, took, agent.records[0] if agent.records else None
        )

    yield ran
    # A process that was killed may take a moment to go.
    until = time.monotonic() + 5
    while processes_with(mark) and time.monotonic() < until:
        time.sleep(0.05)
    assert processes_with(mark) == []


def processes_with(mark: str) -> list[str]:
    """Find the processes that have this environment variable."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark.encode() in environment.read_bytes():
                found.append(environment.parent.name)
        except OSError:
            continue
    return found


def test_output_and_exit_status_arrive(run: Run) -> None:
    ran = run(PRINT_LINES)
    assert (ran.transcript.exit_status, ran.output, ran.reason) == (3, LINES, "")


def test_the_command_has_no_terminal(run: Run) -> None:
    assert run("for each in 0 1 2; do [ -t $each ] && echo $each; done").output == ""


@pytest.mark.parametrize(
    "faults",
    [
        Faults(payload_bytes=16, lost_acknowledgements=5),
        Faults(payload_bytes=16, every_frame_twice=True),
        Faults(payload_bytes=16, reordered=8),
        Faults(payload_bytes=16, corrupt=5),
        Faults(payload_bytes=16, reordered=5, every_frame_twice=True, lost_acknowledgements=3, corrupt=3),
        Faults(late_seconds=0.5),
    ],
    ids=["lost acknowledgements", "duplicates", "reordering", "a corrupt digest", "all at once", "a late agent"],
)
def test_a_fault_of_the_way_changes_nothing(run: Run, faults: Faults) -> None:
    ran = run(PRINT_LINES, faults)
    assert (ran.transcript.exit_status, ran.output, ran.reason) == (3, LINES, "")


def test_a_character_split_across_frames_is_whole(run: Run) -> None:
    ran = run("printf 'ünïcödé € 𝄞'", Faults(payload_bytes=1))
    assert ran.output == "ünïcödé € 𝄞"


def test_a_hundred_thousand_lines_arrive_complete(run: Run) -> None:
    ran = run("seq 100000", seconds=30)
    assert ran.transcript.exit_status == 0
    assert ran.output.splitlines() == [str(number) for number in range(1, 100_001)]


def test_every_frame_is_acknowledged_while_the_command_runs(run: Run) -> None:
    record = run("for i in 1 2 3; do echo $i; sleep 0.1; done").record
    assert record
    assert len(record.acknowledged) >= 3


def test_a_connection_that_breaks_off_leaves_the_status_unknown(run: Run) -> None:
    ran = run(PRINT_LINES, Faults(payload_bytes=16, cut_after=20))
    assert ran.transcript.exit_status is None
    assert ran.output.startswith("line 0\n")
    assert "the connection broke off" in ran.reason
    assert ran.seconds < 5


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_cut_connection_is_resumed_without_loss(run: Run, encrypted: bool) -> None:
    keys: dict[str, object] = {"encryption": ENCRYPTION, "new_data_key": lambda: Kms.key} if encrypted else {}
    ran = run(PRINT_LINES, Faults(payload_bytes=16, cut_after=20, cuts=3), resume=True, **keys)
    assert (ran.transcript.exit_status, ran.output, ran.reason) == (3, LINES, "")
    assert ran.record
    assert len(ran.record.resumed) == 3


def test_a_closed_channel_is_not_resumed(run: Run) -> None:
    ran = run("kill -9 $PPID", resume=True)
    assert "closed before the command's end" in ran.reason
    assert ran.record
    assert ran.record.resumed == []


def never() -> Session:
    raise ConnectionError("no network")


def test_resuming_ends_with_the_time_limit() -> None:
    started = time.monotonic()
    with ExecAgent(Faults(payload_bytes=16, cut_after=1, resumable=False)) as agent:
        text, transcript = wrap("echo", print)
        session = signed(agent.url, agent.token(text))
        reason = follow(session, transcript, deadline=started + 2, stop=Event(), resume=never)
    assert reason == "its end did not arrive: the connection broke off: no network"
    assert time.monotonic() - started < 10


def test_output_that_stays_damaged_leaves_the_status_unknown(run: Run) -> None:
    ran = run("echo", Faults(corrupt=ALWAYS), seconds=0.5)
    assert ran.transcript.exit_status is None
    assert "damaged frames" in ran.reason


def test_a_bad_token_is_refused(run: Run) -> None:
    ran = run("echo", token="of another session")  # noqa: S106 - no password
    assert ran.transcript.exit_status is None
    assert "invalid token" in ran.reason
    assert ran.seconds < 5


def test_an_image_without_a_shell_cannot_be_verified(run: Run) -> None:
    ran = run("echo", Faults(no_shell=True))
    assert ran.transcript.exit_status is None
    assert "its image has no /bin/sh" in ran.reason


def test_an_agent_that_says_nothing_is_left_at_the_deadline(run: Run) -> None:
    ran = run("echo", Faults(late_seconds=60), seconds=0.5)
    assert ran.transcript.exit_status is None
    assert ran.seconds < 5


def test_a_command_without_end_is_interrupted_at_the_deadline(run: Run) -> None:
    ran = run("echo begun; sleep 4321", seconds=1)
    assert ran.transcript.exit_status is None
    assert ran.output.startswith("begun\n")
    assert "its time was up" in ran.reason
    assert ran.seconds < 5
    assert ran.record
    assert ran.record.returncode == -signal.SIGINT


def test_an_interrupt_stops_the_command(run: Run) -> None:
    stop = Event()
    threading.Timer(0.5, stop.set).start()
    ran = run("sleep 4321", stop=stop)
    assert (ran.transcript.exit_status, ran.reason) == (None, "it was interrupted")
    assert ran.seconds < 5
    assert ran.record
    assert ran.record.returncode == -signal.SIGINT


def test_a_command_that_ignores_the_interrupt_is_left_soon(run: Run) -> None:
    ran = run("trap '' INT; echo begun; sleep 4321", seconds=1)
    assert ran.transcript.exit_status is None
    assert ran.seconds < 6


def test_an_interrupt_that_gets_lost_is_sent_again(run: Run) -> None:
    ran = run("sleep 4321", Faults(lost_inputs=1), seconds=0.5)
    assert ran.record
    assert ran.record.returncode == -signal.SIGINT


def test_a_command_that_kills_its_own_session_is_unknown(run: Run) -> None:
    ran = run("echo before; kill -9 $PPID")
    assert ran.transcript.exit_status is None
    assert "before\n" in ran.output
    assert "closed before the command's end" in ran.reason


def test_an_end_that_comes_too_late_is_unknown(run: Run) -> None:
    ran = run("sleep 1", Faults(lost_inputs=ALWAYS), seconds=0.5)
    assert ran.transcript.exit_status is None
    assert "its time was up" in ran.reason


def test_a_connection_that_is_refused_is_said_with_its_status(run: Run) -> None:
    ran = run("echo", Faults(http_status=403))
    assert ran.transcript.exit_status is None
    assert ran.reason == "the session's channel refuses this client: HTTP 403"


def test_nobody_listening_is_said() -> None:
    reason = follow(
        Session("ws://127.0.0.1:9/stream", "token", {}),
        wrap("echo", print)[1],
        deadline=time.monotonic() + 5,
        stop=Event(),
    )
    assert "cannot be opened" in reason


@pytest.mark.parametrize("faults", [Faults(), Faults(lost_inputs=2)], ids=["faultless", "lost frames"])
def test_an_encrypted_session_works_alike(run: Run, faults: Faults) -> None:
    ran = run(PRINT_LINES, faults, encryption=ENCRYPTION, new_data_key=lambda: Kms.key)
    assert (ran.transcript.exit_status, ran.output, ran.reason) == (3, LINES, "")


def test_an_unacknowledged_frame_is_sent_again_and_taken_once(run: Run) -> None:
    faults = Faults(lost_answers=1)
    ran = run("sleep 1; exit 3", faults, encryption=ENCRYPTION, new_data_key=lambda: Kms.key)
    assert ran.transcript.exit_status == 3
    assert ran.record
    assert ran.record.repeated == 1


def test_an_encrypted_command_can_be_interrupted(run: Run) -> None:
    ran = run("sleep 4321", encryption=ENCRYPTION, new_data_key=lambda: Kms.key, seconds=1)
    assert ran.record
    assert ran.record.returncode == -signal.SIGINT


def test_encryption_without_a_key_is_refused(run: Run) -> None:
    ran = run("echo", encryption=ENCRYPTION)
    assert ran.transcript.exit_status is None
    assert ran.reason == "the agent asks for encryption, but the session has no key"


def test_a_challenge_with_another_key_ends_the_session(run: Run) -> None:
    ran = run("echo", Faults(wrong_challenge=True), encryption=ENCRYPTION, new_data_key=lambda: Kms.key)
    assert ran.transcript.exit_status is None
    assert "not encrypted with the session's key" in ran.reason
