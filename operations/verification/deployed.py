"""What runs: each service, its deployed revision, and the tasks of it, read from ECS in one go."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from environments import Environment
from operations.aws.clients import Clients, Document
from operations.aws.ecs import primary
from operations.errors import OperationError
from operations.threads import side_by_side

# Registration in Cloud Map takes 30 to 60 s after a task's start, DNS and the first scrape follow.
_SETTLING = timedelta(minutes=2)


@dataclass(frozen=True)
class Deployed:
    """One service as ECS has it; ``service`` and ``definition`` are empty if ECS knows none.

    ``tasks`` are those of the PRIMARY deployment that should run: older ones are on their way out.
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html
    """

    name: str
    service: Document
    definition: Document
    tasks: tuple[Document, ...]

    @property
    def containers(self) -> dict[str, Document]:
        """The container definitions of the deployed revision, by name."""
        return {container["name"]: container for container in self.definition.get("containerDefinitions", ())}

    @property
    def has_settled(self) -> bool:
        """Whether its rollout has ended and no task starts or stops: what does not match then, stays so."""
        ended = primary(self.service).get("rolloutState") == "COMPLETED"
        return ended and bool(self.service["runningCount"] == self.service["desiredCount"])

    def port(self, container: str) -> int:
        """Return the port on which a container listens."""
        port: int = self.containers[container]["portMappings"][0]["containerPort"]
        return port


def read_deployed(environment: Environment, clients: Clients) -> Mapping[str, Deployed]:
    """Read every service of an environment, in three round trips.

    Raises OperationError if there is no cluster: nothing is deployed, or not here.
    """
    names = {service: environment.service_name(service) for service in environment.desired_counts}
    try:
        answer = clients.ecs.describe_services(
            cluster=environment.cluster_name, services=list(names.values()), include=["TAGS"]
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ClusterNotFoundException":
            raise
        raise OperationError(
            f"{environment.name} is not deployed: {environment.region} has no cluster {environment.cluster_name}; "
            f"deploy it with cdktf deploy {environment.name}"
        ) from None
    services = {each["serviceName"]: each for each in answer["services"]}

    def read(service: str) -> Deployed:
        return _read_service(service, services.get(names[service], {}), clients)

    return dict(zip(names, side_by_side(read, names), strict=True))


def _read_service(name: str, service: Document, clients: Clients) -> Deployed:
    deployment = primary(service)
    if not deployment:
        return Deployed(name, service, {}, ())
    # Any: a document of ECS, and a tuple of them.
    reads: tuple[Callable[[], Any], ...] = (
        lambda: clients.ecs.describe_task_definition(taskDefinition=deployment["taskDefinition"])["taskDefinition"],
        lambda: tuple(task for task in _tasks(service, clients) if task.get("startedBy") == deployment["id"]),
    )
    revision, tasks = side_by_side(lambda read: read(), reads)
    return Deployed(name, service, revision, tasks)


def _tasks(service: Document, clients: Clients) -> Iterator[Document]:
    cluster = service["clusterArn"]
    if service["status"] != "ACTIVE":
        return
    pages = clients.ecs.get_paginator("list_tasks").paginate(cluster=cluster, serviceName=service["serviceName"])
    # A page has as many tasks as can be described at once.
    for arns in (page["taskArns"] for page in pages if page["taskArns"]):
        yield from clients.ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]


def is_new(task: Document) -> bool:
    """Return whether a task started so lately that others may not have found it yet."""
    started = task.get("startedAt")
    return started is None or datetime.now(UTC) - started < _SETTLING
