"""Where ECS Exec is on: for every service, and every task that runs in the cluster, against the settings."""

from collections.abc import Iterator, Sequence

from operations.aws.clients import Document
from operations.aws.ecs import task_id
from operations.text import many
from operations.verification.deployed import Deployed
from operations.verification.findings import Finding, Status
from operations.verification.platform import Platform


def audit_exposure(platform: Platform) -> Iterator[Finding]:
    """Find ECS Exec that the settings do not have on.

    Tasks of an older deployment and tasks that no service started count too: each is a way in while it runs.
    """
    owners = {f"service:{platform.environment.service_name(name)}": name for name in platform.deployed}
    tasks = [task for task in _tasks(platform) if task.get("enableExecuteCommand")]
    for name, deployed in platform.deployed.items():
        if not platform.exec_is_wanted(name):
            own = [task for task in tasks if owners.get(task.get("group", "")) == name]
            yield from _exposed(deployed, own, platform)
    yield from (_stray(task) for task in tasks if task.get("group", "") not in owners)


def _tasks(platform: Platform) -> Iterator[Document]:
    ecs, cluster = platform.clients.ecs, platform.environment.cluster_name
    pages = ecs.get_paginator("list_tasks").paginate(cluster=cluster)
    # A page has as many tasks as can be described at once.
    for arns in (page["taskArns"] for page in pages if page["taskArns"]):
        yield from ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]


def _exposed(deployed: Deployed, tasks: Sequence[Document], platform: Platform) -> Iterator[Finding]:
    name = deployed.name
    on_service = deployed.service.get("status") == "ACTIVE" and deployed.service.get("enableExecuteCommand")
    places = [*(["the service"] if on_service else []), *([many(len(tasks), "running task")] if tasks else [])]
    if places:
        reason = f"{name}: ECS Exec is on for {' and '.join(places)}, but exec.{name} is off in the settings"
        remedy = f"cdktf deploy {platform.environment.name} switches it off and replaces the tasks"
        yield Finding(Status.FAIL, f"{name}.exec-on", reason, remedy)


def _stray(task: Document) -> Finding:
    where = f"task {task_id(task)} of group {task.get('group') or 'none'}"
    reason = f"{where} runs with ECS Exec on, but belongs to no service of the settings"
    return Finding(Status.FAIL, "exec.stray-task", reason, "find out who started it, then stop it")
