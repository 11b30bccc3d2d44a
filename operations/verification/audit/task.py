"""What a running task says of ECS Exec: its agents, its platform, its role."""

from collections.abc import Iterator

from operations.aws.clients import Document
from operations.aws.ecs import task_id
from operations.verification.deployed import Deployed
from operations.verification.findings import Finding, Status

AGENT = "ExecuteCommandAgent"

_OLDEST_PLATFORM = (1, 4, 0)
_STARTING = ("PENDING", "ACTIVATING", None)


def task_role(deployed: Deployed, task: Document) -> str:
    """Return the ARN of a task's role: the one it was started with, otherwise its definition's; "" without one."""
    return str(_override(task) or deployed.definition.get("taskRoleArn") or "")


def audit_task(deployed: Deployed, task: Document) -> Iterator[Finding]:
    """Audit one running task.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-considerations
    """
    name, where = deployed.name, f"{deployed.name}/{task_id(task)[:8]}"
    if not task.get("enableExecuteCommand"):
        remedy = "replace the task: an exec setting holds for tasks that start after it"
        yield Finding(Status.WARN, f"{name}.exec-off", f"{where} started while ECS Exec was off", remedy)
        return
    yield from _platform_version(name, where, str(task.get("platformVersion", "")))
    yield from _agents(name, where, task)
    yield from _role_override(deployed, where, task)


def _platform_version(name: str, where: str, version: str) -> Iterator[Finding]:
    numbers = tuple(int(part) for part in version.split(".") if part.isdecimal())
    if numbers < _OLDEST_PLATFORM:
        reason = f"{where} runs on platform version {version or 'unknown'}, ECS Exec needs 1.4.0 or later"
        yield Finding(Status.FAIL, f"{name}.platform-version", reason, "deploy the service on platform version LATEST")


def _agents(name: str, where: str, task: Document) -> Iterator[Finding]:
    """Look at each container that runs: one that has ended, such as an init container, needs no agent."""
    if all(container["name"] != name for container in task["containers"]):
        reason = f"{where} has no container {name}"
        yield Finding(Status.FAIL, f"{name}.agent", reason, f"name the container {name} in the task definition")
    for container in task["containers"]:
        if container.get("lastStatus") != "STOPPED":
            yield from _agent(name, where, container)


def _agent(name: str, where: str, container: Document) -> Iterator[Finding]:
    agents = {agent["name"]: agent for agent in container.get("managedAgents", ())}
    agent = agents.get(AGENT, {})
    status = agent.get("lastStatus")
    if status == "RUNNING":
        return
    starting = status in _STARTING and AGENT in agents
    why = f": {agent['reason']}" if agent.get("reason") else ""
    yield Finding(
        Status.WARN if starting else Status.FAIL,
        finding_id(name, "agent", container["name"]),
        f"{where}: {AGENT} of container {container['name']} is {status or 'not there'}, not RUNNING{why}",
        "wait a minute, then run this again" if starting else "stop the task; the service starts another with an agent",
    )


def _role_override(deployed: Deployed, where: str, task: Document) -> Iterator[Finding]:
    override, own = _override(task), deployed.definition.get("taskRoleArn")
    if override and override != own:
        reason = f"{where} runs with the role {override} in place of its definition's, {own or 'none'}"
        remedy = "stop the task; the service starts another with the definition's role"
        yield Finding(Status.FAIL, f"{deployed.name}.role-override", reason, remedy)


def _override(task: Document) -> str:
    return str(task.get("overrides", {}).get("taskRoleArn") or "")


def finding_id(service: str, what: str, container: str) -> str:
    """Return the id of a finding about a container; the service's own container goes without its name."""
    return f"{service}.{what}" if container == service else f"{service}.{what}.{container}"
