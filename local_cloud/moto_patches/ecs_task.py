"""A task of an ECS service, as DescribeTasks shows it: moto's own has one container and ends by being looked at."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.core.utils import utcnow
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ecs.models import Service, TaskDefinition
from moto.moto_api._internal import mock_random

EXEC_AGENT = "ExecuteCommandAgent"

# Any, in this module: documents of the ECS API, which moto keeps and answers as plain dictionaries.


@dataclass
class ServiceTask:
    """One task; the attributes are the fields of ECS's Task.

    It keeps the exec setting its service had when it started, as on AWS.
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
    """

    id: str
    task_arn: str
    cluster_arn: str
    task_definition_arn: str
    group: str
    started_by: str
    enable_execute_command: bool
    containers: list[dict[str, Any]]
    attachments: list[dict[str, Any]]
    availability_zone: str
    cpu: str | None
    memory: str | None
    network_interface_id: str
    capacity_provider_name: str | None
    registries: list[str] = field(default_factory=list)
    """Ids of the Cloud Map services in which the task is registered, under its own id."""
    target_groups: list[str] = field(default_factory=list)
    """ARNs of the target groups in which the task is registered, under its address."""
    created_at: datetime = field(default_factory=utcnow)
    started_at: datetime = field(default_factory=utcnow)
    connectivity_at: datetime = field(default_factory=utcnow)
    stopped_at: datetime | None = None
    stop_code: str | None = None
    stopped_reason: str | None = None
    desired_status: str = "RUNNING"
    last_status: str = "RUNNING"
    connectivity: str = "CONNECTED"
    launch_type: str = "FARGATE"
    platform_family: str = "Linux"
    platform_version: str = "1.4.0"
    container_instance_arn: str | None = None
    overrides: dict[str, Any] = field(default_factory=dict)
    tags: list[dict[str, str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The private address of the task's network interface, which all its containers share."""
        address: str = self.containers[0]["networkInterfaces"][0]["privateIpv4Address"]
        return address

    @property
    def health_status(self) -> str:
        """UNKNOWN where no container that runs has a health check, else HEALTHY: nothing is ever ill here."""
        return "HEALTHY" if any(container["healthStatus"] == "HEALTHY" for container in self.containers) else "UNKNOWN"

    def advance(self) -> None:
        """Stay as it is: moto calls this for every look at a task, and its own walk on to STOPPED."""

    def stop(self, reason: str, code: str) -> None:
        """End every container; the task can still be described, as on AWS for an hour."""
        self.desired_status = self.last_status = "STOPPED"
        self.stopped_at, self.stopped_reason, self.stop_code = utcnow(), reason, code
        for container in self.containers:
            _end(container)


def create_task(service: Service, definition: TaskDefinition, interface: NetworkInterface) -> ServiceTask:
    """Make a task that runs, with a container for each of its definition's."""
    id_ = mock_random.uuid4().hex
    attachment = _attachment(interface)
    exec_on: bool = service.enable_execute_command  # type: ignore[attr-defined] # kept by ecs.py
    task = ServiceTask(
        id=id_,
        task_arn=service.arn.replace(":service/", ":task/").rpartition("/")[0] + f"/{id_}",
        cluster_arn=service.cluster_arn,
        task_definition_arn=definition.arn,
        group=f"service:{service.name}",
        started_by=str(service.deployments[0]["id"]),
        enable_execute_command=exec_on,
        containers=[],
        attachments=[attachment],
        availability_zone=interface.subnet.availability_zone,
        cpu=definition.cpu,
        memory=definition.memory,
        network_interface_id=interface.id,
        capacity_provider_name=capacity_provider(service),
    )
    awaited = _awaited(definition)
    for document in definition.container_definitions:
        container = _container(task, document, attachment, interface)
        if document["name"] in awaited:
            _end(container)
        task.containers.append(container)
    return task


def capacity_provider(service: Service) -> str | None:
    """Return the provider of Fargate capacity of which a service takes most; None where it has a launch type."""
    strategy: list[dict[str, Any]] | None = service.capacity_provider_strategy  # type: ignore[attr-defined] # by ecs.py
    ours = [item for item in strategy or [] if item["capacityProvider"].startswith("FARGATE")]
    return max(ours, key=lambda item: item.get("weight", 0))["capacityProvider"] if ours else None


def _attachment(interface: NetworkInterface) -> dict[str, Any]:
    details = {
        "subnetId": interface.subnet.id,
        "networkInterfaceId": interface.id,
        "macAddress": interface.mac_address,
        "privateIPv4Address": interface.private_ip_address,
    }
    if hasattr(interface, "private_dns_name"):  # only in a VPC with DNS hostnames, as on AWS
        details["privateDnsName"] = interface.private_dns_name
    return {
        "id": str(mock_random.uuid4()),
        "type": "ElasticNetworkInterface",
        "status": "ATTACHED",
        "details": [{"name": name, "value": value} for name, value in details.items()],
    }


def _container(
    task: ServiceTask, document: dict[str, Any], attachment: dict[str, Any], interface: NetworkInterface
) -> dict[str, Any]:
    agent = {"name": EXEC_AGENT, "lastStatus": "RUNNING", "lastStartedAt": task.started_at}
    return {
        "containerArn": task.task_arn.replace(":task/", ":container/") + f"/{mock_random.uuid4()}",
        "taskArn": task.task_arn,
        "name": document["name"],
        "image": document["image"],
        "runtimeId": f"{task.id}-{mock_random.randint(10**9, 10**10 - 1)}",
        "lastStatus": "RUNNING",
        "healthStatus": "HEALTHY" if document.get("healthCheck") else "UNKNOWN",
        "networkBindings": [],
        "networkInterfaces": [
            {"attachmentId": attachment["id"], "privateIpv4Address": interface.private_ip_address},
        ],
        "cpu": str(document.get("cpu", 0)),
        "managedAgents": [agent] if task.enable_execute_command else [],
    }


def _awaited(definition: TaskDefinition) -> set[str]:
    """Name the containers for whose end another one waits: they are over when the task runs."""
    documents: list[dict[str, Any]] = definition.container_definitions
    return {
        dependency["containerName"]
        for document in documents
        for dependency in document.get("dependsOn", [])
        if dependency["condition"] in ("COMPLETE", "SUCCESS")
    }


def _end(container: dict[str, Any]) -> None:
    container.update(lastStatus="STOPPED", exitCode=0, healthStatus="UNKNOWN")
    for agent in container["managedAgents"]:
        agent["lastStatus"] = "STOPPED"
