"""A command goes to the right container of the deployed revision, through a real session on the local AWS."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, HTTPClientError, ReadTimeoutError
from moto import mock_aws
from moto.core.botocore_stubber import MockRawResponse
from moto.ecs.models import ecs_backends

from local_cloud.moto_patches.exec_session import AGENT_FILE
from operations.aws.clients import Clients
from operations.ecs_exec import run_command as run_command_module
from operations.ecs_exec import targets
from operations.ecs_exec.run_command import ExecUnavailableError, Outcome, run_command
from operations.ecs_exec.targets import Destination
from tests.exec_agent.agent import ExecAgent
from tests.exec_agent.faults import Faults
from tests.exec_agent.session import Encryption
from tests.unit.local_cloud.ecs_platform import REGION, client, create_service, register_revision, tasks

# One process waits for deadlines, these and those of test_channel.py, while the others compute.
pytestmark = pytest.mark.xdist_group("deadlines")


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Start the local AWS; return where an agent registers."""
    monkeypatch.setenv(AGENT_FILE, str(tmp_path / "exec-agent.json"))
    for module in (run_command_module, targets):
        monkeypatch.setattr(module, "POLL_SECONDS", 0.1)
    with mock_aws():
        yield tmp_path / "exec-agent.json"


@pytest.fixture
def agent(file: Path) -> Iterator[ExecAgent]:
    with ExecAgent() as agent:
        agent.register(file)
        yield agent
    assert agent.errors == []


@pytest.fixture(scope="module")
def clients() -> Clients:
    return Clients(boto3.Session("test", "test", region_name=REGION))


def run(
    clients: Clients,
    command: str = "echo out; exit 3",
    *,
    container: str | None = None,
    **options: Any,  # noqa: ANN401 - handed through
) -> list[Outcome]:
    return run_command(clients, Destination("dev", "backend", container), command, **options)


def started_tasks() -> list[Any]:
    return list(ecs_backends["123456789012"][REGION].tasks["dev"].values())


def agents_are(status: str) -> None:
    """Set the status of every agent that is to run."""
    for task in started_tasks():
        task.containers[1]["managedAgents"][0]["lastStatus"] = status


@pytest.mark.usefixtures("agent")
def test_one_task_is_asked(clients: Clients) -> None:
    create_service(enableExecuteCommand=True)
    (outcome,) = run(clients)
    assert outcome.task in {task["taskArn"].rpartition("/")[2] for task in tasks()}
    assert (outcome.container, outcome.exit_status, outcome.output, outcome.reason) == ("backend", 3, "out\n", "")


@pytest.mark.usefixtures("agent")
def test_all_tasks_are_asked_side_by_side(clients: Clients) -> None:
    create_service(enableExecuteCommand=True, desiredCount=3)
    outcomes = run(clients, "sleep 1", all_tasks=True, timeout_seconds=2.5)
    assert [outcome.exit_status for outcome in outcomes] == [0, 0, 0]
    assert len({outcome.task for outcome in outcomes}) == 3


def test_the_session_is_signed_and_ended(clients: Clients, agent: ExecAgent) -> None:
    ended: list[str] = []
    clients.ssm.meta.events.register(
        "provide-client-params.ssm.TerminateSession", lambda params, **_: ended.append(params["SessionId"])
    )
    create_service(enableExecuteCommand=True)
    run(clients)
    (record,) = agent.records
    assert "/ssmmessages/aws4_request" in record.headers["Authorization"]
    assert ended == [record.token["sessionId"]]


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize(
    "fault", [500, ConnectionClosedError(endpoint_url="aws"), ReadTimeoutError(endpoint_url="aws")]
)
def test_a_start_that_fails_is_not_repeated(clients: Clients, fault: int | HTTPClientError) -> None:
    create_service(enableExecuteCommand=True)
    sent = []

    def fail(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        sent.append(request)
        if isinstance(fault, HTTPClientError):
            raise fault
        return AWSResponse(request.url, fault, {}, MockRawResponse(b""))

    events = clients.without_retries("ecs").meta.events
    events.register_first("before-send.ecs.ExecuteCommand", fail, unique_id="fail")
    (outcome,) = run(clients)
    events.unregister("before-send.ecs.ExecuteCommand", unique_id="fail")
    assert (outcome.exit_status, len(sent)) == (None, 1)


@pytest.mark.usefixtures("agent")
def test_a_stopped_container_is_not_asked(clients: Clients) -> None:
    create_service(enableExecuteCommand=True)
    (outcome,) = run(clients, container="init")
    assert outcome.exit_status is None
    assert "container init of task" in outcome.reason
    assert "has stopped" in outcome.reason


def test_an_unknown_container_is_refused_with_the_known_ones(clients: Clients) -> None:
    create_service(enableExecuteCommand=True)
    with pytest.raises(ExecUnavailableError, match="backend has no container nginx; choose one of init, backend"):
        run(clients, container="nginx")


def two_essential_containers(*names: str) -> str:
    definition = client("ecs").register_task_definition(
        family="two",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": name, "image": f"{name}:1"} for name in names],
    )
    arn: str = definition["taskDefinition"]["taskDefinitionArn"]
    return arn


@pytest.mark.usefixtures("agent")
def test_the_container_that_the_service_is_named_after_is_asked(clients: Clients) -> None:
    create_service(enableExecuteCommand=True, taskDefinition=two_essential_containers("proxy", "backend"))
    assert run(clients)[0].container == "backend"


def test_containers_that_look_alike_are_left_to_choose(clients: Clients) -> None:
    create_service(enableExecuteCommand=True, taskDefinition=two_essential_containers("proxy", "end"))
    with pytest.raises(ExecUnavailableError, match="has 2 essential containers; choose one of proxy, end"):
        run(clients)


@pytest.mark.usefixtures("agent")
def test_a_task_whose_agent_runs_is_preferred(clients: Clients) -> None:
    create_service(enableExecuteCommand=True)
    first, second = started_tasks()
    first.containers[1]["managedAgents"][0]["lastStatus"] = "PENDING"
    assert run(clients)[0].task == second.id


def test_tasks_that_started_with_exec_off_are_refused(clients: Clients) -> None:
    create_service()
    client("ecs").update_service(cluster="dev", service="backend", enableExecuteCommand=True)
    with pytest.raises(ExecUnavailableError, match="started with ECS Exec off; switch it on"):
        run(clients)


def test_a_service_without_tasks_is_refused(clients: Clients) -> None:
    create_service(enableExecuteCommand=True, desiredCount=0)
    with pytest.raises(ExecUnavailableError, match="no task of the deployed revision of backend runs"):
        run(clients)


def test_tasks_of_an_older_deployment_are_not_asked(clients: Clients) -> None:
    create_service(enableExecuteCommand=True)
    register_revision()
    service = ecs_backends["123456789012"][REGION].services["dev:backend"]
    service.deployments[0]["id"] = "ecs-svc/1"
    with pytest.raises(ExecUnavailableError, match="no task of the deployed revision"):
        run(clients)


@pytest.mark.parametrize(("service", "reason"), [("nginx", "has no service nginx"), ("backend", "no cluster dev")])
def test_what_is_not_deployed_is_said(clients: Clients, service: str, reason: str) -> None:
    if service == "nginx":
        create_service()
    with pytest.raises(ExecUnavailableError, match=reason):
        run_command(clients, Destination("dev", service), "true")


@pytest.mark.usefixtures("agent")
def test_an_agent_that_runs_late_is_waited_for(clients: Clients) -> None:
    create_service(enableExecuteCommand=True)
    agents_are("PENDING")
    threading.Timer(0.5, agents_are, ["RUNNING"]).start()
    assert run(clients)[0].exit_status == 3


@pytest.mark.usefixtures("agent")
def test_an_agent_that_never_runs_is_said(clients: Clients) -> None:
    create_service(enableExecuteCommand=True)
    agents_are("PENDING")
    (outcome,) = run(clients, timeout_seconds=0.5)
    assert outcome.exit_status is None
    assert "agent is PENDING in container backend" in outcome.reason


def test_an_agent_that_connects_late_is_waited_for(clients: Clients, file: Path) -> None:
    file.write_text('{"url": "ws://127.0.0.1:9", "key": "00"}')
    create_service(enableExecuteCommand=True)
    with ExecAgent() as agent:
        threading.Timer(0.5, agent.register, [file]).start()
        assert run(clients)[0].exit_status == 3


def test_an_agent_that_never_connects_is_said(clients: Clients, file: Path) -> None:
    file.write_text('{"url": "ws://127.0.0.1:9", "key": "00"}')
    create_service(enableExecuteCommand=True)
    assert "TargetNotConnectedException" in run(clients, timeout_seconds=0.5)[0].reason


def test_other_refusals_are_not_tried_again(clients: Clients) -> None:
    create_service(enableExecuteCommand=True)
    started = time.monotonic()
    assert "runs no containers" in run(clients)[0].reason
    assert time.monotonic() - started < 10


def test_a_command_is_never_started_twice(clients: Clients, file: Path, tmp_path: Path) -> None:
    create_service(enableExecuteCommand=True)
    # A frame of 16 bytes holds less than the first mark: one of 1 KiB may hold everything up to the exit status.
    with ExecAgent(Faults(payload_bytes=16, cut_after=1)) as agent:
        agent.register(file)
        (outcome,) = run(clients, f"echo started >>{tmp_path}/starts; exit 3")
    assert (outcome.exit_status, len(agent.records), len(agent.records[0].resumed)) == (3, 1, 1)
    assert (tmp_path / "starts").read_text() == "started\n"


def test_a_session_that_has_ended_is_not_resumed(file: Path) -> None:
    create_service(enableExecuteCommand=True)
    clients = Clients(boto3.Session("test", "test", region_name=REGION))

    def end_it(params: dict[str, str], **_: object) -> None:
        clients.ssm.terminate_session(SessionId=params["SessionId"])

    clients.ssm.meta.events.register("provide-client-params.ssm.ResumeSession", end_it)
    with ExecAgent(Faults(payload_bytes=16, cut_after=1)) as agent:
        agent.register(file)
        (outcome,) = run(clients)
    assert outcome.exit_status is None
    assert outcome.reason.endswith("cannot be resumed: the session has ended")


def test_ctrl_c_stops_the_command_and_ends_the_session(clients: Clients, agent: ExecAgent) -> None:
    ended: list[str] = []
    clients.ssm.meta.events.register(
        "provide-client-params.ssm.TerminateSession", lambda params, **_: ended.append(params["SessionId"])
    )
    create_service(enableExecuteCommand=True)
    threading.Timer(1, os.kill, [os.getpid(), signal.SIGINT]).start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run(clients, "sleep 4321")
    assert time.monotonic() - started < 10
    assert [record.returncode for record in agent.records] == [-signal.SIGINT]
    assert len(ended) == 1


def test_a_session_is_encrypted_with_the_clusters_key(clients: Clients, file: Path) -> None:
    create_service(enableExecuteCommand=True)
    key = client("kms").create_key()["KeyMetadata"]["KeyId"]
    client("ecs").update_cluster(cluster="dev", configuration={"executeCommandConfiguration": {"kmsKeyId": key}})
    with ExecAgent(encryption=Encryption(key, client("kms"))) as agent:
        agent.register(file)
        (outcome,) = run(clients)
    assert agent.errors == []
    assert (outcome.exit_status, outcome.output, outcome.reason) == (3, "out\n", "")


def test_encryption_that_the_cluster_did_not_ask_for_is_refused(clients: Clients, file: Path) -> None:
    create_service(enableExecuteCommand=True)
    with ExecAgent(encryption=Encryption("alias/other", client("kms"))) as agent:
        agent.register(file)
        (outcome,) = run(clients)
    assert outcome.exit_status is None
    assert "cluster dev has no key for ECS Exec" in outcome.reason
