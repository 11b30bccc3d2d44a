"""The policies that are printed allow each call that the commands make, and nothing that they do not make."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local_cloud.moto_patches.exec_session import AGENT_FILE
from operations.command_line import main
from tests.exec_agent.agent import ExecAgent
from tests.exec_agent.session import Encryption
from tests.unit.operations.verification.container import Container
from tests.unit.operations.verification.recorded_calls import Call, opened_channel, recorded_calls
from tests.unit.operations.verification.seeded import ALL_ON, Seeded, allow

Capture = pytest.CaptureFixture[str]
Record = Callable[..., set[tuple[Call, ...]]]

# Made only if a connection breaks in the middle of a session.
NOT_MADE_HERE = {"ssm:ResumeSession"}
COMMANDS = {
    "exec": ["exec", "dev", "backend", "true"],
    "audit": ["audit", "dev"],
    "verify": ["verify", "dev"],
}


@pytest.fixture
def agent(
    dev: Seeded, container: Container, prometheus_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ExecAgent]:
    """Have credentials, and an agent in the containers that encrypts with the cluster's key."""
    for name, value in (ALL_ON | {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(AGENT_FILE, str(tmp_path / "agent.json"))
    container.install("curl").lead(prometheus_port).write("getent", 'echo "127.0.0.1 $2"')
    environments = dict.fromkeys(("backend", "frontend", "prometheus"), container.environment)
    with ExecAgent(environments=environments, encryption=Encryption(dev.key, dev.clients.kms)) as agent:
        agent.register(tmp_path / "agent.json")
        yield agent


def calls_of(command: str, agent: ExecAgent) -> list[Call]:
    """Run a command, and return the calls that it made, connections to sessions among them."""
    with recorded_calls() as calls:
        main(COMMANDS[command])
    return [*calls, *(opened_channel(each.headers, each.token["sessionId"]) for each in agent.records)]


def all_paths(dev: Seeded) -> None:
    """Let the audit take every path: a key by its id, an attached policy, no route."""
    dev.configure(kmsKeyId=dev.key.rpartition("/")[2])
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow("ssmmessages:*", "*")]})
    arn = dev.clients.iam.create_policy(PolicyName="none", PolicyDocument=policy)["Policy"]["Arn"]
    dev.clients.iam.attach_role_policy(RoleName=dev.role_name("backend"), PolicyArn=arn)
    dev.clients.iam.delete_role_policy(RoleName=dev.role_name("frontend"), PolicyName="exec")
    dev.allow("frontend", [{"Effect": "Allow", "Action": "ssmmessages:*", "Resource": "*"}])
    dev.clients.ec2.delete_route(RouteTableId=dev.route_table, DestinationCidrBlock="0.0.0.0/0")


def printed(command: str, capsys: Capture) -> list[dict[str, Any]]:
    """Return the statements that a command prints for itself."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main([command, "dev", "--print-policy"])
    assert ended.value.code in (0, None)
    statements: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["Statement"]
    return statements


@pytest.mark.parametrize("command", COMMANDS)
def test_each_call_is_allowed(command: str, dev: Seeded, agent: ExecAgent, capsys: Capture) -> None:
    calls = calls_of(command, agent)
    all_paths(dev)
    calls += calls_of("audit", agent) if command != "exec" else []
    statements = printed(command, capsys)
    assert [call for call in calls if not call.is_allowed(*statements)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_each_grant_is_used(command: str, dev: Seeded, agent: ExecAgent, capsys: Capture) -> None:
    calls = calls_of(command, agent)
    all_paths(dev)
    calls += calls_of("audit", agent) if command != "exec" else []
    used = {call.action for call in calls}
    granted = {action for statement in printed(command, capsys) for action in statement["Action"]}
    assert granted - used == (NOT_MADE_HERE if command != "audit" else set())
