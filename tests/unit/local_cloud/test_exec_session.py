"""ExecuteCommand on the local AWS answers as AWS does, and leads to a registered agent."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from local_cloud.moto_patches.exec_session import AGENT_FILE
from tests.exec_agent.agent import ExecAgent
from tests.unit.local_cloud.ecs_platform import client, create_service, tasks


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(AGENT_FILE, str(tmp_path / "exec-agent.json"))
    return tmp_path / "exec-agent.json"


@pytest.fixture
def agent(file: Path) -> Iterator[ExecAgent]:
    with ExecAgent() as agent:
        agent.register(file)
        yield agent


def execute(**changes: str) -> dict[str, Any]:
    create_service(enableExecuteCommand=True)
    request = {"task": tasks()[0]["taskArn"], "container": "backend", "command": "true"} | changes
    answer: dict[str, Any] = client("ecs").execute_command(cluster="dev", interactive=True, **request)
    return answer


def refusal(**changes: str) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        execute(**changes)
    answer = refused.value.response["Error"]
    return answer["Code"], answer["Message"]


def test_a_session_leads_to_the_registered_agent(agent: ExecAgent) -> None:
    answer = execute()
    session = answer["session"]
    assert answer["containerName"] == "backend"
    assert session["sessionId"].startswith("ecs-execute-command-")
    assert session["streamUrl"].startswith(f"{agent.url}/v1/data-channel/{session['sessionId']}?")


def test_a_session_is_resumed_by_its_id(agent: ExecAgent) -> None:
    session = execute()["session"]
    answer = client("ssm").resume_session(SessionId=session["sessionId"])
    assert answer["SessionId"] == session["sessionId"]
    assert answer["StreamUrl"].startswith(agent.url)
    assert answer["TokenValue"]


@pytest.mark.usefixtures("agent")
def test_a_session_that_has_ended_gets_no_token() -> None:
    id_ = execute()["session"]["sessionId"]
    client("ssm").terminate_session(SessionId=id_)
    assert "TokenValue" not in client("ssm").resume_session(SessionId=id_)


def test_a_task_may_be_named_by_its_id(agent: ExecAgent) -> None:
    create_service(enableExecuteCommand=True)
    id_ = tasks()[0]["taskArn"].rpartition("/")[2]
    request = {"cluster": "dev", "task": id_, "container": "backend", "command": "true", "interactive": True}
    assert client("ecs").execute_command(**request)["session"]["streamUrl"].startswith(agent.url)


def test_without_an_agent_it_says_that_there_are_no_containers(file: Path) -> None:
    assert not file.exists()
    assert refusal() == (
        "ClientException",
        "The local AWS runs no containers: there is nothing to run a command in.",
    )


def test_an_agent_that_does_not_listen_is_not_connected(file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    file.write_text(f'{{"url": "ws://127.0.0.1:{port}", "key": "00"}}')
    assert refusal()[0] == "TargetNotConnectedException"


@pytest.mark.usefixtures("agent")
class TestRefusals:
    def test_of_a_task_that_started_with_exec_off(self) -> None:
        create_service()
        client("ecs").update_service(cluster="dev", service="backend", enableExecuteCommand=True)
        task = tasks()[0]["taskArn"]
        with pytest.raises(ClientError, match="was not enabled when the task was run"):
            client("ecs").execute_command(
                cluster="dev", task=task, container="backend", command="true", interactive=True
            )

    def test_of_a_container_whose_agent_does_not_run(self) -> None:
        code, message = refusal(container="init")
        assert code == "InvalidParameterException"
        assert "agent isn’t running" in message  # noqa: RUF001 - as AWS writes it

    @pytest.mark.parametrize("changes", [{"container": "nginx"}, {"task": "0" * 32}])
    def test_of_what_is_not_there(self, changes: dict[str, str]) -> None:
        code, message = refusal(**changes)
        assert code == "InvalidParameterException"
        assert "not found" in message
