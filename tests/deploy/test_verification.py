"""The whole path of the verification: its command line, the local AWS, a session per container, a real Prometheus.

One fault at a time is put in, and exactly the check that it belongs to reports it.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from moto.moto_api._internal.models import moto_api_backend
from moto.server import ThreadedMotoServer

from environments import load
from local_cloud.moto_patches.exec_session import AGENT_FILE
from operations.aws.clients import Clients
from operations.command_line import main
from tests.deploy.conftest import PROJECT, Prometheus, free_port
from tests.deploy.shell import succeeded, typed
from tests.exec_agent.agent import ExecAgent
from tests.unit.operations.verification.container import Container
from tests.unit.operations.verification.seeded import ALL_ON, Seeded, seed

CHECKS = (
    "service",
    "task",
    "logs",
    "cloud-map",
    "http",
    "dns",
    "load-balancer",
    "database",
    "cdn",
    "public",
    "exec",
)
# The domain's real name does not lead to the local AWS.
GREEN = dict.fromkeys(CHECKS, "pass") | {"public": "skip"}


@dataclass(frozen=True)
class Verified:
    """What ``.venv/bin/python -m operations verify dev`` said."""

    status: int
    checks: dict[str, dict[str, Any]]

    @property
    def statuses(self) -> dict[str, str]:
        return {name: check["status"] for name, check in self.checks.items()}

    def only(self, check: str, status: str) -> str:
        """Return the reason of the only check that is not as it should be; it has this status."""
        assert self.statuses == GREEN | {check: status}
        (finding,) = self.checks[check]["findings"]
        reason: str = finding["reason"]
        return reason


Verify = Callable[..., Verified]


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prometheus: Prometheus) -> Iterator[Seeded]:
    """Dev on a local AWS in this process, so that faults can be put in that no call of AWS brings about."""
    environment = load("dev", variables=ALL_ON)
    monkeypatch.setenv(AGENT_FILE, str(tmp_path / "agent.json"))
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }.items():
        monkeypatch.setenv(name, value)
    seeded = seed(Clients.of(environment), environment)
    # What the real server says: its own startup line among it.
    seeded.log(*prometheus.log.read_text().splitlines())
    yield seeded
    moto_api_backend.reset()
    server.stop()


@pytest.fixture
def agent(dev: Seeded, containers: dict[str, Container], tmp_path: Path) -> Iterator[ExecAgent]:
    """Let sessions lead into the containers."""
    assert dev
    with ExecAgent(environments={name: each.environment for name, each in containers.items()}) as agent:
        agent.register(tmp_path / "agent.json")
        yield agent


@pytest.fixture
def verify(agent: ExecAgent, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Verify:
    """Run the command line in this process, which takes half the time."""
    assert agent

    def command(*arguments: str, **variables: str) -> Verified:
        for name, value in {**ALL_ON, **variables}.items():
            monkeypatch.setenv(name, value)
        status = main(["verify", "dev", "--json", *arguments])
        return verified(status, capsys.readouterr().out)

    return command


@pytest.fixture
def verify_alone(agent: ExecAgent) -> Verify:
    """Run the command line in a process of its own, as a person does."""
    assert agent

    def command(*arguments: str, **variables: str) -> Verified:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "operations", "verify", "dev", "--json", *arguments],
            cwd=PROJECT,
            env={**os.environ, **ALL_ON, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout, done.stderr
        return verified(done.returncode, done.stdout)

    return command


def verified(status: int, printed: str) -> Verified:
    return Verified(status, {each["check"]: each for each in json.loads(printed)["checks"]})


def test_a_platform_that_works_passes_every_check(verify_alone: Verify) -> None:
    verified = verify_alone()
    assert (verified.status, verified.statuses) == (0, GREEN)
    assert list(verified.checks) == [*CHECKS]
    assert verified.checks["http"]["counts"] == {"active_targets": 5, "targets_up": 5}
    assert verified.checks["logs"]["counts"]["startup_lines"] > 0


@pytest.mark.usefixtures("agent")
def test_the_documented_commands() -> None:
    alone = typed(".venv/bin/python -m operations verify dev --check logs --since 30m", dict(os.environ))
    assert "PASS   logs " in succeeded(alone)
    # The public check is skipped.
    assert typed(".venv/bin/python -m operations verify dev --strict --since 2h", os.environ | ALL_ON).returncode == 1


def test_a_service_scaled_below_what_is_desired(verify: Verify, dev: Seeded) -> None:
    dev.update("backend", desiredCount=1)
    assert verify().only("service", "fail").startswith("backend: the service is scaled to 1, ")


def test_a_service_that_runs_less_than_it_should(verify: Verify, dev: Seeded) -> None:
    dev.moto_service("frontend").running_count = 1
    assert verify().only("service", "fail") == "frontend: 1 of 2 tasks run"


def test_an_unhealthy_container(verify: Verify, dev: Seeded) -> None:
    for task in dev.moto_tasks():
        for container in task.containers:
            if container["name"] == "prometheus":
                container["healthStatus"] = "UNHEALTHY"
    assert verify().only("task", "fail").endswith("container prometheus is UNHEALTHY")


def test_an_error_in_the_log(verify: Verify, dev: Seeded) -> None:
    dev.log('ts=2026-01-01T00:00:00Z caller=db.go:1 level=error component=tsdb msg="compaction failed"')
    verified = verify()
    assert verified.only("logs", "fail").endswith('level=error component=tsdb msg="compaction failed"')
    assert verified.status == 1


def test_no_instance_in_cloud_map(verify: Verify, dev: Seeded) -> None:
    (arn,) = dev.tasks("prometheus")
    service = dev.registries["prometheus"].rpartition("/")[2]
    dev.clients.servicediscovery.deregister_instance(ServiceId=service, InstanceId=arn.rpartition("/")[2])
    verified = verify()
    assert verified.only("cloud-map", "warn") == "prometheus: 0 of 1 task registered in Cloud Map"
    assert (verified.status, verify("--strict").status) == (0, 1)
    dev.grow_old()
    verified = verify()
    assert verified.only("cloud-map", "fail").startswith("prometheus: 0 of 1 task registered in Cloud Map, ")
    assert verified.status == 1


def test_a_prometheus_that_is_down(verify: Verify, containers: dict[str, Container]) -> None:
    """Both checks that ask it say so, each for itself."""
    for container in containers.values():
        container.lead(free_port())
    verified = verify()
    assert verified.statuses == GREEN | {"http": "fail", "dns": "fail"}
    reasons = [finding["reason"] for name in ("http", "dns") for finding in verified.checks[name]["findings"]]
    assert [reason.split()[0] for reason in reasons] == [
        "/-/healthy",
        "/-/ready",
        "/api/v1/targets",
        "http://prometheus.davidshaevel.local:9090/-/healthy",
    ]
    assert all("exit status 7" in reason for reason in reasons)


def test_a_deployment_that_ecs_rolled_back(verify: Verify, dev: Seeded) -> None:
    dev.roll_back("backend", statusReason="ECS deployment circuit breaker: tasks failed to start.")
    verified = verify()
    assert verified.only("service", "fail").endswith(": ECS deployment circuit breaker: tasks failed to start.")
    assert verified.status == 1


def test_a_backend_that_logs_errors(verify: Verify, dev: Seeded) -> None:
    dev.log('{"level":"error","msg":"no database"}', service="backend")
    assert verify().only("logs", "fail").startswith("backend: 1 error logged since ")


def test_a_service_that_the_load_balancer_does_not_reach(verify: Verify, dev: Seeded) -> None:
    dev.update("backend", loadBalancers=[])
    assert verify().only("load-balancer", "fail") == "backend: it has no target group"


def test_a_call_that_is_never_answered(verify_alone: Verify) -> None:
    """The run ends at its deadline, whatever hangs, and says that it is incomplete."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hanging = {"AWS_ENDPOINT_URL_SERVICEDISCOVERY": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        started = time.monotonic()
        verified = verify_alone("--check", "cloud-map", "--timeout", "5", **hanging)
    assert time.monotonic() - started < 30
    assert (verified.status, verified.statuses) == (2, {"cloud-map": "error"})


def test_a_name_that_does_not_resolve(verify: Verify, containers: dict[str, Container]) -> None:
    containers["backend"].write("getent", "exit 2")
    reason = verify().only("dns", "fail")
    assert reason == "prometheus.davidshaevel.local does not resolve in the backend: exit status 2"


def test_a_backend_without_exec(verify: Verify, dev: Seeded) -> None:
    dev.update("backend", enableExecuteCommand=False, forceNewDeployment=True)
    verified = verify(DEV__EXEC__BACKEND="false")
    assert verified.only("dns", "skip") == "ECS Exec is off for backend"
    assert verified.status == 0


def test_a_role_that_lost_a_permission(verify: Verify, dev: Seeded) -> None:
    dev.clients.iam.delete_role_policy(RoleName=dev.role_name("frontend"), PolicyName="exec")
    findings = verify().checks["exec"]["findings"]
    assert [(finding["status"], finding["id"]) for finding in findings] == [
        ("fail", "frontend.permissions"),
        ("fail", "frontend.session-key"),
        ("fail", "frontend.session-log"),
    ]
