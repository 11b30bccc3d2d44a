"""Where ECS Exec is on: for every service, job and task that runs in the cluster, against the settings."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from environments.break_glass import LONGEST
from operations.aws.clients import Document
from operations.aws.ecs import task_id
from operations.aws.exec_end import ExecEnd, exec_end
from operations.text import many
from operations.verification.deployed import Deployed
from operations.verification.findings import CannotCheckError, Finding, Status
from operations.verification.jobs import Job, jobs, read_schedule
from operations.verification.platform import Platform


def audit_exposure(platform: Platform) -> Iterator[Finding]:
    """Find ECS Exec that the settings do not have on, and that is on past the end that the service carries.

    Tasks of an older deployment and tasks that no service started count too: each is a way in while it runs.
    """
    named = platform.environment.service_name
    owners = {f"service:{named(name)}": name for name in platform.deployed}
    # EventBridge Scheduler starts tasks in the group of their family.
    owners |= {f"family:{named(job.name)}": job.name for job in jobs(platform)}
    tasks = [task for task in _tasks(platform) if task.get("enableExecuteCommand")]
    for name, deployed in platform.deployed.items():
        own = [task for task in tasks if owners.get(task.get("group", "")) == name]
        places = _places(_on_service(deployed), own)
        end = exec_end(deployed.service)
        if end and end.has_passed:
            yield from _past_its_end(name, places, end, platform)
        elif platform.exec_is_wanted(name):
            continue
        elif end and _is_soon(end):
            yield from _broken_glass(name, places, end)
        else:
            yield from _exposed(name, places, platform)
    for job in jobs(platform):
        if not platform.exec_is_wanted(job.name):
            own = [task for task in tasks if owners.get(task.get("group", "")) == job.name]
            yield from _exposed(job.name, _places(_on_schedule(job, platform), own), platform)
    yield from (_stray(task) for task in tasks if task.get("group", "") not in owners)


def _tasks(platform: Platform) -> Iterator[Document]:
    ecs, cluster = platform.clients.ecs, platform.environment.cluster_name
    pages = ecs.get_paginator("list_tasks").paginate(cluster=cluster)
    # A page has as many tasks as can be described at once.
    for arns in (page["taskArns"] for page in pages if page["taskArns"]):
        yield from ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]


def _on_service(deployed: Deployed) -> list[str]:
    on = deployed.service.get("status") == "ACTIVE" and deployed.service.get("enableExecuteCommand")
    return ["the service"] if on else []


def _on_schedule(job: Job, platform: Platform) -> list[str]:
    try:
        target = read_schedule(job, platform)["Target"]["EcsParameters"]
    except CannotCheckError:
        # That it is missing is reported by the check of services.
        return []
    return ["the schedule"] if target.get("EnableExecuteCommand") else []


def _places(starters: list[str], tasks: Sequence[Document]) -> str:
    return " and ".join([*starters, *([many(len(tasks), "running task")] if tasks else [])])


def _exposed(name: str, places: str, platform: Platform) -> Iterator[Finding]:
    if places:
        reason = f"{name}: ECS Exec is on for {places}, but exec.{name} is off in the settings"
        remedy = f"cdktf deploy {platform.environment.name} switches it off and replaces the tasks"
        yield Finding(Status.FAIL, f"{name}.exec-on", reason, remedy)


def _is_soon(end: ExecEnd) -> bool:
    """Whether the end is one that break-glass gives; whoever writes the tags by hand may write any."""
    return end.until - datetime.now(UTC) <= LONGEST


def _broken_glass(name: str, places: str, end: ExecEnd) -> Iterator[Finding]:
    if places:
        reason = f"{name}: ECS Exec is on for {places} by break-glass, until {end}"
        yield Finding(Status.WARN, f"{name}.break-glass", reason, "any deploy closes it")


def _past_its_end(name: str, places: str, end: ExecEnd, platform: Platform) -> Iterator[Finding]:
    if places:
        reason = f"{name}: ECS Exec is still on for {places}, but it ended at {end}"
        remedy = f"cdktf deploy {platform.environment.name} sets it as the settings say"
        yield Finding(Status.FAIL, f"{name}.exec-past-end", reason, remedy)


def _stray(task: Document) -> Finding:
    where = f"task {task_id(task)} of group {task.get('group') or 'none'}"
    reason = f"{where} runs with ECS Exec on, but belongs to no service of the settings"
    return Finding(Status.FAIL, "exec.stray-task", reason, "find out who started it, then stop it")
