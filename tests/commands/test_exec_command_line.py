"""``.venv/bin/python -m operations exec`` prints the command's output and ends with its real exit status."""

import io
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from moto import mock_aws
from typing_extensions import Buffer

from local_cloud.moto_patches.exec_session import AGENT_FILE
from operations.command_line import main
from operations.ecs_exec import output
from tests.exec_agent.agent import ExecAgent
from tests.exec_agent.faults import Faults
from tests.unit.local_cloud.ecs_platform import client, create_service
from tests.unit.protected import PROTECTING

CLUSTER, SERVICE = "dev-davidshaevel-cluster", "dev-davidshaevel-backend"


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Start the local AWS with dev's backend; return where an agent registers."""
    monkeypatch.setenv(AGENT_FILE, str(tmp_path / "exec-agent.json"))
    with mock_aws():
        client("ecs").create_cluster(clusterName=CLUSTER)
        create_service(cluster=CLUSTER, serviceName=SERVICE, enableExecuteCommand=True)
        yield tmp_path / "exec-agent.json"


@pytest.fixture
def agent(file: Path) -> Iterator[ExecAgent]:
    with ExecAgent() as agent:
        agent.register(file)
        yield agent


def status(*arguments: str) -> int:
    return main(["exec", *arguments])


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize("expected", [0, 1, 255])
def test_it_ends_with_the_commands_status(expected: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert status("dev", "backend", f"echo out; echo err >&2; exit {expected}") == expected
    assert capsys.readouterr() == ("out\nerr\n", "")


def test_an_unknown_status_is_125_with_the_reason(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ExecAgent(Faults(no_shell=True)) as agent:
        agent.register(file)
        assert status("dev", "backend", "true") == 125
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "its exit status is unknown: nothing can be run in it, its image has no /bin/sh" in captured.err


@pytest.mark.usefixtures("agent")
def test_of_several_tasks_the_worst_status_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = f"mkdir {tmp_path}/first 2>/dev/null || exit 3"
    assert status("dev", "backend", command, "--all-tasks") == 3
    assert capsys.readouterr().err.count("container backend:\n") == 2


@pytest.mark.usefixtures("agent")
def test_outputs_of_several_tasks_are_not_mixed(capsys: pytest.CaptureFixture[str]) -> None:
    status("dev", "backend", "echo begin; sleep 0.5; echo end", "--all-tasks")
    assert capsys.readouterr().out == "begin\nend\nbegin\nend\n"


class Watched(io.BytesIO):
    """Acts once a word has been written."""

    def __init__(self, word: bytes, act: Callable[[], None]) -> None:
        super().__init__()
        self.word, self.act = word, act

    def write(self, data: Buffer) -> int:
        if self.word in bytes(data):
            self.act()
        return super().write(data)


@pytest.mark.usefixtures("agent")
def test_output_appears_while_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tmp_path / "seen"
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(Watched(b"first", seen.touch)))
    assert status("dev", "backend", f"echo first; until [ -e {seen} ]; do sleep 0.1; done", "--timeout=30") == 0


@pytest.mark.usefixtures("agent")
def test_bytes_arrive_as_they_are(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    content = bytes(range(256)) * 9 + b"\r\r\n\xff"
    (tmp_path / "binary").write_bytes(content)
    assert status("dev", "backend", f"cat {tmp_path}/binary") == 0
    assert capfdbinary.readouterr() == (content, b"")


@pytest.mark.usefixtures("agent")
def test_the_agent_cuts_a_replacement_character(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    status("dev", "backend", r"printf '\357\277\275xyz'")
    assert capfdbinary.readouterr().out == b"\xefxyz"


@pytest.mark.usefixtures("agent")
def test_long_output_is_not_cut(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(output, "_KEPT_BYTES", 5)
    status("dev", "backend", "seq 9")
    assert capsys.readouterr().out == "1\n2\n3\n4\n5\n6\n7\n8\n9\n"


@pytest.mark.usefixtures("agent")
def test_output_before_the_time_limit_stays(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("dev", "backend", "echo begun; sleep 4321", "--timeout=6") == 125
    captured = capsys.readouterr()
    assert captured.out == "begun\n"
    assert "its time was up" in captured.err


def test_a_cut_in_a_long_output_loses_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ExecAgent(Faults(cut_after=20, cuts=3)) as agent:
        agent.register(file)
        assert status("dev", "backend", "seq 20000; exit 3") == 3
    assert len(agent.records[0].resumed) == 3
    assert capsys.readouterr() == ("".join(f"{number}\n" for number in range(1, 20_001)), "")


@pytest.mark.usefixtures("agent")
def test_output_before_ctrl_c_stays(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shown = Watched(b"begun", lambda: os.kill(os.getpid(), signal.SIGINT))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown))
    assert status("dev", "backend", "echo begun; sleep 4321") == 130
    assert (shown.getvalue(), capsys.readouterr().err) == (b"begun\n", "Stopped.\n")


@pytest.mark.usefixtures("agent")
def test_a_reader_that_leaves_stops_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        started = time.monotonic()
        assert status("dev", "backend", "echo begun; sleep 4321") == 125
    assert time.monotonic() - started < 30


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (["--", "printf", "%s,", "a b", "$HOME", "--", "-x"], "a b,$HOME,--,-x,"),
        (["--timeout", "30", "--", "printf", "%s", "--timeout"], "--timeout"),
        (["printf", "%s", "a b"], "a b"),
        (["--timeout=30", "printf '%s' a b"], "ab"),
    ],
)
def test_words_need_no_quotes(words: list[str], printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert status("dev", "backend", *words) == 0
    assert capsys.readouterr().out == printed


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize(
    "command",
    [
        ".venv/bin/python -m operations exec dev backend -- ls -la",
        ".venv/bin/python -m operations exec dev backend 'ls | wc -l'",
        ".venv/bin/python -m operations exec dev backend --all-tasks -- hostname",
    ],
)
def test_a_documented_command_runs(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split(command)[3:]) == 0
    assert capsys.readouterr().out


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize(("until", "expected"), [("2026-01-01T00:00:00Z", 125), ("2999-01-01T00:00:00Z", 3)])
def test_past_its_end_nothing_runs(until: str, expected: int, capsys: pytest.CaptureFixture[str]) -> None:
    tags = {"ExecReason": "incident 4711", "ExecUntil": until}
    (service,) = client("ecs").list_services(cluster=CLUSTER)["serviceArns"]
    client("ecs").tag_resource(resourceArn=service, tags=[{"key": k, "value": v} for k, v in tags.items()])
    assert status("dev", "backend", "exit 3") == expected
    ended = f"exec of {SERVICE} ended at {until} (incident 4711); a deploy closes it"
    assert (ended in capsys.readouterr().err) == (expected == 125)


@pytest.fixture
def protected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let dev be protected."""
    for key, value in PROTECTING.items():
        monkeypatch.setenv(key, value)


@pytest.mark.usefixtures("protected")
def test_a_protected_environment_asks_why(agent: ExecAgent, capsys: pytest.CaptureFixture[str]) -> None:
    assert status("dev", "backend", "true") == 125
    assert 'say why, with an option such as --reason "incident 4711"' in capsys.readouterr().err
    assert agent.records == []


@pytest.mark.usefixtures("protected")
def test_the_reason_goes_into_the_session_alone(agent: ExecAgent, capsys: pytest.CaptureFixture[str]) -> None:
    assert status("dev", "backend", "echo out; exit 3", "--reason", "incident 4711") == 3
    assert capsys.readouterr().out == "out\n"
    assert "incident 4711" in agent.records[0].token["command"]


def test_a_toggle_that_has_ended_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DEV__EXEC__FRONTEND", '{ reason = "x", until = 2026-01-01T00:00:00Z }')
    create_service(cluster=CLUSTER, serviceName="dev-davidshaevel-frontend")
    assert status("dev", "frontend", "true") == 125
    captured = capsys.readouterr().err
    assert "exec.frontend (from DEV__EXEC__FRONTEND): ended at 2026-01-01T00:00:00Z, so it is off" in captured
    assert "started with ECS Exec off" in captured


@pytest.mark.parametrize(
    "arguments",
    [["exec", "dev", "backend", "--all", "--loud", "true"], ["verify", "dev", "--", "true"], ["verify", "dev", "true"]],
)
def test_an_unknown_argument_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "unrecognized arguments" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "remedy"),
    [([], "a shell needs a terminal; give a COMMAND after --"), (["--all-tasks"], "give a COMMAND, or leave out")],
)
def test_a_shell_that_cannot_be_is_refused(options: list[str], remedy: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert status("dev", "backend", *options) == 125
    assert remedy in capsys.readouterr().err


@pytest.mark.parametrize("limit", ["0", "-1", "nan", "inf", "3601", "soon"])
def test_a_time_that_cannot_be_waited_for_is_refused(limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        status("dev", "backend", "true", f"--timeout={limit}")
    assert "--timeout" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["prod-2", "backend", "true"], "prod-2"),
        (["dev", "nginx", "true"], "dev has no service nginx; choose one of backend, frontend, prometheus"),
        (["dev", "frontend", "true"], "has no service dev-davidshaevel-frontend"),
        (["dev", "backend", "true", "--container", "nginx"], "choose one of init, backend"),
    ],
)
def test_what_cannot_be_run_is_125_with_the_reason(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(*arguments) == 125
    assert reason in capsys.readouterr().err
