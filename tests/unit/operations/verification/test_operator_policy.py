"""The policies that are printed allow each call that the commands make, and nothing that they do not make."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from environments import load
from local_cloud.moto_patches.exec_session import AGENT_FILE
from operations.command_line import main
from operations.operator_policy import exec_policy, verify_policy
from tests.exec_agent.agent import ExecAgent
from tests.exec_agent.session import Encryption
from tests.unit.kinds import changed, write
from tests.unit.operations.verification.container import Container
from tests.unit.operations.verification.recorded_calls import Call, opened_channel, recorded_calls
from tests.unit.operations.verification.seeded import ALL_ON, Seeded, allow

Capture = pytest.CaptureFixture[str]

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


def all_calls_of(command: str, dev: Seeded, agent: ExecAgent) -> list[Call]:
    """Return the calls of a command on every path that it has."""
    if command == "verify":
        # Only then is the reason asked for.
        dev.roll_back("frontend")
    calls = calls_of(command, agent)
    if command == "exec":
        return calls
    all_paths(dev)
    return [*calls, *calls_of("audit", agent)]


@pytest.fixture(scope="module")
def made() -> dict[str, list[Call]]:
    """The calls of the commands that have run so far."""
    return {}


@pytest.fixture
def calls(command: str, made: dict[str, list[Call]], dev: Seeded, agent: ExecAgent) -> list[Call]:
    """Return the calls of a command, which runs once for all tests."""
    if command not in made:
        made[command] = all_calls_of(command, dev, agent)
    return made[command]


def printed(command: str, capsys: Capture) -> list[dict[str, Any]]:
    """Return the statements that a command prints for itself."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main([command, "dev", "--print-policy"])
    assert ended.value.code in (0, None)
    statements: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["Statement"]
    return statements


@pytest.mark.parametrize("command", COMMANDS)
def test_each_call_is_allowed(command: str, calls: list[Call], capsys: Capture) -> None:
    statements = printed(command, capsys)
    assert [call for call in calls if not call.is_allowed(*statements)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_each_grant_is_used(command: str, calls: list[Call], capsys: Capture) -> None:
    used = {call.action for call in calls}
    granted = {action for statement in printed(command, capsys) for action in statement["Action"]}
    assert granted - used == (NOT_MADE_HERE if command != "audit" else set())


def test_another_cluster_is_not_allowed() -> None:
    call = Call("ecs:ExecuteCommand", ("arn:aws:ecs:us-east-1:123456789012:task/prod-davidshaevel-cluster/1",))
    assert not call.is_allowed(*exec_policy(load("dev", variables={}))["Statement"])


def test_session_past_exec_is_not_allowed() -> None:
    call = Call("ssmmessages:OpenDataChannel", ("arn:aws:ssm:us-east-1:123456789012:session/alex-0123456789abcdef",))
    assert not call.is_allowed(*exec_policy(load("dev", variables={}))["Statement"])


def test_key_is_granted_only_if_sessions_are_encrypted(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def actions() -> str:
        return " ".join(action for statement in printed("exec", capsys) for action in statement["Action"])

    assert "kms:" not in actions()
    monkeypatch.setenv("DEV__EXEC__ENCRYPTED", "true")
    assert "kms:GenerateDataKey" in actions()


@pytest.mark.parametrize("command", COMMANDS)
def test_the_policy_is_of_the_regions_partition(command: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("DEV__REGION", "us-gov-west-1")
    monkeypatch.setenv("DEV__NETWORK__ZONES", '["us-gov-west-1a", "us-gov-west-1b"]')
    text = json.dumps(printed(command, capsys))
    assert "arn:aws-us-gov:ecs:us-gov-west-1:123456789012:" in text
    assert "arn:aws:" not in text


@pytest.mark.parametrize("command", COMMANDS)
def test_the_policy_fits_into_one_of_iam(command: str, capsys: Capture) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html."""
    statements = printed(command, capsys)
    assert len("".join(json.dumps(statements).split())) < 6144 - len('{"Version":"2012-10-17","Statement":}')
    sids = [statement["Sid"] for statement in statements]
    assert len(set(sids)) == len(sids)


def test_no_credentials_and_no_profile_are_needed(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    assert printed("verify", capsys)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["exec", "--print-policy"], "--print-policy comes after the environment"),
        (["exec", "devv", "--print-policy"], "unknown environment devv"),
    ],
)
def test_policy_of_no_environment_is_status_2(arguments: list[str], reason: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert reason in capsys.readouterr().err


def test_jobs_take_a_look_at_their_schedules(tmp_path: Path) -> None:
    environment = load("dev", folder=write(tmp_path, changed({})), variables={})
    statements = {each["Sid"]: each for each in verify_policy(environment)["Statement"]}
    name = environment.service_name(next(iter(environment.jobs)))
    assert statements["ReadSchedules"]["Resource"][0].endswith(f":schedule/default/{name}")
    assert statements["FindRuns"]["Action"] == ["logs:DescribeLogStreams"]
