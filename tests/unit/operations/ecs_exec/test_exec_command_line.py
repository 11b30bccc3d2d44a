"""``python -m operations exec`` prints the command's output and ends with its real exit status."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from local_cloud.moto_patches import install
from local_cloud.moto_patches.exec_session import AGENT_FILE
from operations.command_line import main
from tests.exec_agent.agent import ExecAgent
from tests.exec_agent.faults import Faults
from tests.unit.local_cloud.ecs_platform import client, create_service

CLUSTER, SERVICE = "dev-davidshaevel-cluster", "dev-davidshaevel-backend"


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Start the local AWS with dev's backend; return where an agent registers."""
    monkeypatch.setenv(AGENT_FILE, str(tmp_path / "exec-agent.json"))
    install()
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


@pytest.mark.parametrize("time", ["0", "-1", "nan", "inf", "3601", "soon"])
def test_a_time_that_cannot_be_waited_for_is_refused(time: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        status("dev", "backend", "true", f"--timeout={time}")
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
