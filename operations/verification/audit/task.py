"""What the running task itself tells of ECS Exec: its agent, its platform, and how its container is defined."""

from collections.abc import Iterator

from operations.aws.clients import Document
from operations.aws.ecs import task_id
from operations.verification.deployed import Deployed
from operations.verification.findings import Finding, Status

AGENT = "ExecuteCommandAgent"

_OLDEST_PLATFORM = (1, 4, 0)
_STARTING = ("PENDING", "ACTIVATING", None)
# The SDK inside the agent takes these before it asks for the task role's.
# https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE")


def audit_task(deployed: Deployed, task: Document) -> Iterator[Finding]:
    """Audit one running task and the container that has the service's name.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-considerations
    """
    name, where = deployed.name, f"{deployed.name}/{task_id(task)[:8]}"
    if not task.get("enableExecuteCommand"):
        remedy = "replace the task: an exec setting holds for tasks that start after it"
        yield Finding(Status.WARN, f"{name}.exec-off", f"{where} started while ECS Exec was off", remedy)
        return
    yield from _platform_version(name, where, str(task.get("platformVersion", "")))
    yield from _agent(name, where, task)
    yield from _definition(name, deployed.containers.get(name, {}))


def _platform_version(name: str, where: str, version: str) -> Iterator[Finding]:
    numbers = tuple(int(part) for part in version.split(".") if part.isdecimal())
    if numbers < _OLDEST_PLATFORM:
        reason = f"{where} runs on platform version {version or 'unknown'}, ECS Exec needs 1.4.0 or later"
        yield Finding(Status.FAIL, f"{name}.platform-version", reason, "deploy the service on platform version LATEST")


def _agent(name: str, where: str, task: Document) -> Iterator[Finding]:
    # By name: a task lists its containers in any order, and the first may be one that has ended.
    container = next((each for each in task["containers"] if each["name"] == name), None)
    if container is None:
        reason = f"{where} has no container {name}"
        yield Finding(Status.FAIL, f"{name}.agent", reason, f"name the container {name} in the task definition")
        return
    agents = {agent["name"]: agent for agent in container.get("managedAgents", ())}
    agent = agents.get(AGENT, {})
    status = agent.get("lastStatus")
    if status == "RUNNING":
        return
    starting = status in _STARTING and AGENT in agents
    why = f": {agent['reason']}" if agent.get("reason") else ""
    yield Finding(
        Status.WARN if starting else Status.FAIL,
        f"{name}.agent",
        f"{where}: {AGENT} of container {name} is {status or 'not there'}, not RUNNING{why}",
        "wait a minute, then run this again"
        if starting
        else "stop the task; the service starts another, with an agent of its own",
    )


def _definition(name: str, container: Document) -> Iterator[Finding]:
    if container.get("readonlyRootFilesystem"):
        reason = f"{name}: the container's root file system is read-only, but the agent has to write there"
        yield Finding(Status.FAIL, f"{name}.read-only-root", reason, "switch off readonlyRootFilesystem")
    if not (container.get("linuxParameters") or {}).get("initProcessEnabled"):
        reason = f"{name}: the container has no init process, so that processes of sessions stay behind as zombies"
        remedy = f"deploy a revision with initProcessEnabled, as exec.{name} = true gives it"
        yield Finding(Status.WARN, f"{name}.init-process", reason, remedy)
    given = {each["name"] for key in ("environment", "secrets") for each in container.get(key, ())}
    for variable in (each for each in _CREDENTIALS if each in given):
        reason = f"{name}: the variable {variable} overrides the task role, with which the agent opens its channel"
        yield Finding(Status.WARN, f"{name}.credentials", reason, f"take {variable} out of the task definition")
