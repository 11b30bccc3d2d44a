"""The running task and its definition: agents, platform, roles, processes and variables."""

from collections.abc import Callable
from typing import Any

import pytest

from operations.verification.audit import audit_exec
from operations.verification.findings import Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.audit.conftest import Only, tasks_of
from tests.unit.operations.verification.seeded import Seeded

Look = Callable[[], Platform]
SIDECAR = {"name": "proxy", "image": "proxy:1", "linuxParameters": {"initProcessEnabled": True}}


def agents(dev: Seeded, service: str, container: str | None = None) -> list[dict[str, Any]]:
    """Return the agents of a container, by default of the one of the service's name."""
    name = container or service
    containers = [each for task in tasks_of(dev, service) for each in task.containers if each["name"] == name]
    return [agent for container in containers for agent in container["managedAgents"]]


def test_task_that_started_before_the_switch_is_found(dev: Seeded, only: Only) -> None:
    dev.update("backend", enableExecuteCommand=False, forceNewDeployment=True)
    dev.update("backend", enableExecuteCommand=True)
    assert only() == (Status.WARN, "backend.exec-off")


def test_one_of_two_tasks_before_the_switch_is_found(dev: Seeded, only: Only) -> None:
    tasks_of(dev, "backend")[1].enable_execute_command = False
    assert only() == (Status.WARN, "backend.exec-off")


@pytest.mark.parametrize("version", ["1.3.0", "", "1.3"])
def test_old_platform_version_is_found(dev: Seeded, only: Only, version: str) -> None:
    for task in tasks_of(dev, "backend"):
        task.platform_version = version
    assert only() == (Status.FAIL, "backend.platform-version")


def test_newer_platform_version_is_fine(dev: Seeded, look: Look) -> None:
    for task in tasks_of(dev, "backend"):
        task.platform_version = "1.10.0"
    assert audit_exec(look()).findings == ()


@pytest.mark.parametrize(("last", "status"), [("STOPPED", Status.FAIL), ("PENDING", Status.WARN)])
def test_agent_that_does_not_run_is_found(dev: Seeded, only: Only, last: str, status: Status) -> None:
    for agent in agents(dev, "backend"):
        agent["lastStatus"] = last
    assert only() == (status, "backend.agent")


def test_agent_that_is_not_there_is_found(dev: Seeded, only: Only) -> None:
    for agent in agents(dev, "backend"):
        agent["name"] = "AnotherAgent"
    assert only() == (Status.FAIL, "backend.agent")


def test_container_of_the_services_name_that_is_gone_is_found(dev: Seeded, only: Only) -> None:
    for task in tasks_of(dev, "backend"):
        task.containers[0]["name"] = "other"
    assert only() == (Status.FAIL, "backend.agent")


def test_agent_of_a_sidecar_counts_too(dev: Seeded, only: Only) -> None:
    dev.update("backend", taskDefinition=dev.register("backend", [*dev.containers("backend"), SIDECAR]))
    for agent in agents(dev, "backend", "proxy"):
        agent["lastStatus"] = "STOPPED"
    assert only() == (Status.FAIL, "backend.agent.proxy")


def test_container_that_has_ended_needs_no_agent(dev: Seeded, look: Look) -> None:
    """The init container's agent has stopped with it, whichever is listed first."""
    for task in tasks_of(dev, "prometheus"):
        task.containers.reverse()
    assert [agent["lastStatus"] for agent in agents(dev, "prometheus", "init-config-sync")] == ["STOPPED"]
    assert audit_exec(look()).findings == ()


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"readonlyRootFilesystem": True}, (Status.FAIL, "backend.read-only-root")),
        ({"linuxParameters": None}, (Status.WARN, "backend.init-process")),
        ({"environment": [{"name": "AWS_ACCESS_KEY", "value": "x"}]}, (Status.WARN, "backend.credentials")),
        ({"environment": [{"name": "AWS_ACCESS_KEY_ID", "value": "x"}]}, (Status.WARN, "backend.credentials")),
        (
            {"secrets": [{"name": "AWS_SECRET_ACCESS_KEY", "valueFrom": "arn:aws:ssm:us-east-1:1:parameter/x"}]},
            (Status.WARN, "backend.credentials"),
        ),
    ],
)
def test_container_that_stands_in_the_way_is_found(
    dev: Seeded, only: Only, change: dict[str, object], finding: tuple[Status, str]
) -> None:
    dev.define("backend", **change)
    assert only() == finding


def test_all_variables_with_credentials_are_named(dev: Seeded, look: Look) -> None:
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    dev.define("backend", environment=[{"name": name, "value": "x"} for name in names])
    (finding,) = audit_exec(look()).findings
    assert "is given AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY:" in finding.reason


def test_credentials_of_a_sidecar_are_found(dev: Seeded, only: Only) -> None:
    sidecar = SIDECAR | {"essential": False, "environment": [{"name": "AWS_ACCESS_KEY", "value": "x"}]}
    dev.update("backend", taskDefinition=dev.register("backend", [*dev.containers("backend"), sidecar]))
    assert only() == (Status.WARN, "backend.credentials.proxy")


def test_shared_processes_are_a_warning(dev: Seeded, only: Only) -> None:
    dev.update("backend", taskDefinition=dev.register("backend", dev.containers("backend"), pidMode="task"))
    assert only() == (Status.WARN, "backend.pid-mode")


def test_task_without_a_role_is_found(dev: Seeded, only: Only) -> None:
    dev.update("backend", taskDefinition=dev.register("backend", dev.containers("backend"), role=False))
    assert only() == (Status.FAIL, "backend.task-role")


def override(dev: Seeded, role: str) -> None:
    """Let one task of the backend have been started with another role."""
    arn = dev.clients.iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    tasks_of(dev, "backend")[1].overrides = {"taskRoleArn": arn}


def test_role_of_the_task_wins_over_the_definitions(dev: Seeded, look: Look) -> None:
    override(dev, "powerless")
    findings = {finding.id: finding.reason for finding in audit_exec(look()).findings}
    assert "runs with the role arn:aws:iam::123456789012:role/powerless" in findings["backend.role-override"]
    assert "the task role powerless may not ssmmessages:" in findings["backend.permissions"]
