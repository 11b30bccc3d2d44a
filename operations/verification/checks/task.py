"""Check 2: every container of every task is in the state that it should be in."""

from collections.abc import Iterator

from operations.aws.clients import Document
from operations.aws.ecs import task_id
from operations.text import many
from operations.verification.deployed import Deployed
from operations.verification.findings import CannotCheckError, Finding, Seen, Status
from operations.verification.platform import Platform


def check_task(platform: Platform) -> Seen:
    """Look at every task of the deployed revisions, container by container.

    Essential containers must run and be healthy; those for which others wait must have ended, with 0.
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Container.html
    """
    tasks = [task for each in platform.deployed.values() for task in each.tasks]
    containers = sum(len(task["containers"]) for task in tasks)
    healthy = sum(container.get("healthStatus") == "HEALTHY" for task in tasks for container in task["containers"])
    return Seen(
        f"{many(containers, 'container')} of {many(len(tasks), 'task')} seen, {healthy} healthy",
        {"tasks": len(tasks), "containers": containers, "healthy_containers": healthy},
        tuple(finding for each in platform.deployed.values() for finding in _of_service(each, platform)),
    )


def _of_service(deployed: Deployed, platform: Platform) -> Iterator[Finding]:
    try:
        platform.require_tasks(deployed.name)
    except CannotCheckError as error:
        yield error.finding
    for task in deployed.tasks:
        running = {container["name"]: container for container in task["containers"]}
        awaited = _awaited(deployed)
        for name, definition in deployed.containers.items():
            # By name: a task lists its containers in any order.
            container = running.get(name, {"name": name})
            where = f"{deployed.name}/{task_id(task)[:8]}: container {name}"
            if name in awaited:
                yield from _ended(container, f"{deployed.name}.{name}", where)
            elif definition.get("essential", True):
                yield from _runs(container, definition, f"{deployed.name}.{name}", where)


def _awaited(deployed: Deployed) -> set[str]:
    """Name the containers for whose end another one waits."""
    return {
        dependency["containerName"]
        for definition in deployed.containers.values()
        for dependency in definition.get("dependsOn", ())
        if dependency["condition"] in ("COMPLETE", "SUCCESS")
    }


def _ended(container: Document, id_: str, where: str) -> Iterator[Finding]:
    status, code = container.get("lastStatus", "not there"), container.get("exitCode")
    if status != "STOPPED":
        yield Finding(Status.FAIL, f"{id_}.ended", f"{where} is {status}, but should have ended")
    elif code != 0:
        ending = "without an exit code" if code is None else f"with {code}"
        yield Finding(Status.FAIL, f"{id_}.ended", f"{where} ended {ending}, not with 0{_why(container)}")


def _runs(container: Document, definition: Document, id_: str, where: str) -> Iterator[Finding]:
    status, health = container.get("lastStatus", "not there"), container.get("healthStatus", "UNKNOWN")
    if status != "RUNNING":
        yield Finding(Status.FAIL, f"{id_}.running", f"{where} is {status}, not RUNNING{_why(container)}")
    elif health == "UNHEALTHY":
        yield Finding(Status.FAIL, f"{id_}.health", f"{where} is UNHEALTHY", "its log says why")
    elif not definition.get("healthCheck"):
        yield Finding(Status.WARN, f"{id_}.health", f"{where} has no health check: nobody knows whether it is healthy")
    elif health != "HEALTHY":
        remedy = "wait a minute, then run this again"
        yield Finding(Status.WARN, f"{id_}.health", f"{where}: its health check has not answered yet", remedy)


def _why(container: Document) -> str:
    reason = container.get("reason")
    return f": {reason}" if reason else ""
