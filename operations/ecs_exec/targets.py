"""Which container of which task a command goes to, and whether ECS Exec's agent is there."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from operations.aws.clients import Document
from operations.aws.ecs import primary, task_id
from operations.aws.exec_end import exec_end
from operations.errors import OperationError

if TYPE_CHECKING:
    from operations.aws.clients import Clients

POLL_SECONDS = 1.0

_AGENT = "ExecuteCommandAgent"
_DESCRIBED_AT_ONCE = 100


class ExecUnavailableError(OperationError):
    """ECS Exec cannot be used: what is missing, and what to do about it."""


@dataclass(frozen=True)
class Destination:
    """Where a command is to go: to the tasks of a service or, by its family, of a job; and to which container."""

    cluster: str
    service: str
    container: str | None = None
    """None for the essential one that the service is named after, otherwise the only essential one."""
    is_job: bool = False


@dataclass(frozen=True)
class Target:
    """One container of one running task."""

    cluster: str
    task: Document
    container: str

    @property
    def task_id(self) -> str:
        """The task's id."""
        return task_id(self.task)

    @property
    def runtime_id(self) -> str:
        """The container's id in its runtime."""
        id_: str = self._container["runtimeId"]
        return id_

    @property
    def agent(self) -> str:
        """The last status of ECS Exec's agent in this very container; "" where it has none."""
        agents = self._container.get("managedAgents", ())
        return next((agent["lastStatus"] for agent in agents if agent["name"] == _AGENT), "")

    @property
    def status(self) -> str:
        """The container's last status."""
        return str(self._container["lastStatus"])

    @property
    def _container(self) -> Document:
        containers: list[Document] = self.task["containers"]
        return next(each for each in containers if each["name"] == self.container)


def find_targets(clients: "Clients", destination: Destination) -> list[Target]:
    """Find the running tasks of a service's PRIMARY deployment, or of a job; those first whose agent runs.

    Raises ExecUnavailableError if there is nothing to run a command in.
    """
    cluster, service = destination.cluster, destination.service
    tasks_of = _tasks_of_job if destination.is_job else _tasks_of_service
    tasks = tasks_of(clients, cluster, service)
    with_exec = [task for task in tasks if task.get("enableExecuteCommand")]
    if not with_exec:
        then = "for its next run" if destination.is_job else "which replaces them"
        raise ExecUnavailableError(
            f"the running tasks of {service} started with ECS Exec off; switch it on for the service and deploy, {then}"
        )
    name = _container(clients, with_exec[0]["taskDefinitionArn"], service, destination.container)
    targets = [Target(cluster, task, name) for task in with_exec]
    return sorted(targets, key=lambda target: target.agent != "RUNNING")


def wait_for_agent(clients: "Clients", target: Target, until: float, stop: Event) -> None:
    """Wait until ECS Exec's agent runs in the container; a new task's takes up to a minute.

    Raises ExecUnavailableError where it will not, or not by then (of ``time.monotonic``, in seconds).
    """
    while target.agent != "RUNNING":
        if target.status == "STOPPED":
            raise ExecUnavailableError(
                f"container {target.container} of task {target.task_id} has stopped; choose another"
            )
        if time.monotonic() >= until or stop.wait(POLL_SECONDS):
            raise ExecUnavailableError(
                f"ECS Exec's agent is {target.agent or 'missing'} in container {target.container} of task "
                f"{target.task_id}; try again in a minute, else see what it lacks: python -m operations verify names it"
            )
        task = clients.ecs.describe_tasks(cluster=target.cluster, tasks=[target.task["taskArn"]])["tasks"][0]
        target = Target(target.cluster, task, target.container)


def _tasks_of_service(clients: "Clients", cluster: str, service: str) -> list[Document]:
    described = _service(clients, cluster, service)
    _require_no_end(service, described)
    deployment = primary(described)
    tasks = [] if not deployment else list(_running(clients, cluster, serviceName=service))
    deployed = [task for task in tasks if task.get("startedBy") == deployment["id"]]
    if not deployed:
        raise ExecUnavailableError(
            f"no task of the deployed revision of {service} runs; see why in its events and its log"
        )
    return deployed


def _require_no_end(service: str, described: Document) -> None:
    end = exec_end(described)
    if end and end.has_passed:
        raise ExecUnavailableError(
            f"exec of {service} ended at {end}; a deploy closes it, or opens it again with a later end in the settings"
        )


def _tasks_of_job(clients: "Clients", cluster: str, family: str) -> list[Document]:
    try:
        tasks = list(_running(clients, cluster, family=family))
    except ClientError as error:
        _require_cluster(error, cluster)
        raise
    if not tasks:
        raise ExecUnavailableError(f"{family} is a job, and no task of it runs now; try again once its schedule ran it")
    return tasks


def _require_cluster(error: ClientError, cluster: str) -> None:
    """Raise ExecUnavailableError if AWS's error says that there is no cluster."""
    if error.response["Error"]["Code"] == "ClusterNotFoundException":
        reason = f"there is no cluster {cluster} in this account and region; deploy it first"
        raise ExecUnavailableError(reason) from None


def _service(clients: "Clients", cluster: str, service: str) -> Document:
    try:
        found: list[Document] = clients.ecs.describe_services(cluster=cluster, services=[service], include=["TAGS"])[
            "services"
        ]
    except ClientError as error:
        _require_cluster(error, cluster)
        raise
    if not found:
        raise ExecUnavailableError(f"cluster {cluster} has no service {service}; deploy it first")
    return found[0]


def _running(clients: "Clients", cluster: str, **of: str) -> Iterator[Document]:
    pages = clients.ecs.get_paginator("list_tasks").paginate(
        cluster=cluster,
        **of,
        desiredStatus="RUNNING",
        PaginationConfig={"PageSize": _DESCRIBED_AT_ONCE},
    )
    for arns in (page["taskArns"] for page in pages if page["taskArns"]):
        tasks: list[Document] = clients.ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]
        yield from (task for task in tasks if task["lastStatus"] == "RUNNING")


def _container(clients: "Clients", revision: str, service: str, wanted: str | None) -> str:
    definition = clients.ecs.describe_task_definition(taskDefinition=revision)["taskDefinition"]
    containers: list[Document] = definition["containerDefinitions"]
    names = [str(each["name"]) for each in containers]
    essential = [str(each["name"]) for each in containers if each.get("essential", True)]
    if wanted is not None:
        candidates = [name for name in names if name == wanted]
    else:
        candidates = [name for name in essential if service == name or service.endswith(f"-{name}")] or essential
    if len(candidates) == 1:
        return candidates[0]
    asked = f"no container {wanted}" if wanted else f"{len(essential)} essential containers"
    raise ExecUnavailableError(f"{service} has {asked}; choose one of {', '.join(names)}")
