"""Starts and stops the tasks of ECS services on Fargate; moto counts them without having any."""

from ipaddress import IPv4Network
from itertools import islice
from typing import Any

from moto.core.utils import utcnow
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ecs.models import EC2ContainerServiceBackend, Service, TaskDefinition
from moto.elbv2.models import elbv2_backends
from moto.moto_api._internal import mock_random
from moto.servicediscovery.models import ServiceDiscoveryBackend, servicediscovery_backends

from local_cloud.moto_patches.ecs_deployments import record_deployment
from local_cloud.moto_patches.ecs_task import ServiceTask, capacity_provider, create_task

# The first addresses of a subnet are the network's, the router's, the resolver's and one held back.
# https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
_RESERVED_ADDRESSES = 3


class Scheduler:
    """Brings one service's tasks to what the service wants, at once."""

    def __init__(self, backend: EC2ContainerServiceBackend, service: Service) -> None:
        """Serve this service of this account and region."""
        self.backend = backend
        self.service = service
        # Any: moto's own tasks (of RunTask) and this extension's side by side.
        self.tasks: dict[str, Any] = backend.tasks.setdefault(service.cluster_name, {})

    def deploy(self) -> None:
        """Replace every task: a new deployment, as AWS makes one for another revision or by force."""
        if not self._is_served():
            return
        self.service.deployments[0].update(id=f"ecs-svc/{mock_random.randint(10**18, 10**19 - 1)}", createdAt=utcnow())
        record_deployment(self.service)
        for task in self._running():
            self._stop(task, f"({self.service.name}) task replaced by a newer deployment")
        self.converge()

    def converge(self) -> None:
        """Start the tasks that lack and stop those too many; the others run on."""
        if not self._is_served():
            return
        running = self._running()
        wanted = self.service.desired_count if self.service.status == "ACTIVE" else 0
        for task in running[wanted:]:
            self._stop(task, f"Scaling activity initiated by deployment {self._deployment['id']}")
        for _ in range(len(running), wanted):
            self._start()
        self._report()

    def withdraw(self, task: ServiceTask) -> None:
        """Take a task that has stopped out of Cloud Map, out of its target groups and off the network."""
        cloud_map, groups = self._cloud_map, self._target_groups
        for service_id in task.registries:
            cloud_map.deregister_instance(service_id, task.id)
        task.registries.clear()
        for arn in task.target_groups:
            if arn in groups:
                groups[arn].deregister([{"Id": task.address}])
        task.target_groups.clear()
        self._ec2.delete_network_interface(task.network_interface_id)

    def _is_served(self) -> bool:
        # Other launch types need machines, other controllers (CODE_DEPLOY, EXTERNAL) start tasks themselves.
        on_fargate = self.service.launch_type == "FARGATE" or capacity_provider(self.service) is not None
        return on_fargate and bool(self.service.deployments)

    @property
    def _deployment(self) -> dict[str, Any]:  # Any: a document of the ECS API
        return self.service.deployments[0]

    @property
    def _ec2(self) -> EC2Backend:
        return ec2_backends[self.backend.account_id][self.backend.region_name]

    @property
    def _cloud_map(self) -> ServiceDiscoveryBackend:
        return servicediscovery_backends[self.backend.account_id][self.backend.region_name]

    @property
    def _target_groups(self) -> dict[str, Any]:  # Any: moto's target groups
        groups: dict[str, Any] = elbv2_backends[self.backend.account_id][self.backend.region_name].target_groups
        return groups

    def _running(self) -> list[ServiceTask]:
        return [
            task
            for task in self.tasks.values()
            if isinstance(task, ServiceTask)
            and task.group == f"service:{self.service.name}"
            and task.last_status == "RUNNING"
        ]

    def _start(self) -> None:
        definition = self.backend.describe_task_definition(str(self.service.task_definition))
        task = create_task(self.service, definition, self._plug_in())
        self.tasks[task.task_arn] = task
        for registry in self.service.service_registries:
            self._register(task, definition, registry)
        self._add_target(task)

    def _stop(self, task: ServiceTask, reason: str) -> None:
        task.stop(reason, "ServiceSchedulerInitiated")
        self.withdraw(task)

    def _plug_in(self) -> NetworkInterface:
        """Give a task its network interface, in the subnets in turn, with a free address of the subnet."""
        network = self.service.network_configuration["awsvpcConfiguration"]
        ec2 = self._ec2
        subnet = ec2.get_subnet(network["subnets"][len(self._running()) % len(network["subnets"])])
        taken = {interface.private_ip_address for interface in ec2.enis.values()}
        hosts = islice(IPv4Network(subnet.cidr_block).hosts(), _RESERVED_ADDRESSES, None)
        interface = ec2.create_network_interface(
            subnet,
            next(str(host) for host in hosts if str(host) not in taken),
            group_ids=network.get("securityGroups", []),
            description=f"task of {self.service.name}",
        )
        interface.status = "in-use"
        return interface

    def _register(self, task: ServiceTask, definition: TaskDefinition, registry: dict[str, Any]) -> None:
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
        service_id = registry["registryArn"].rpartition("/")[2]
        attributes = {
            "AWS_INSTANCE_IPV4": task.address,
            "AVAILABILITY_ZONE": task.availability_zone,
            "REGION": self.backend.region_name,
            "ECS_CLUSTER_NAME": self.service.cluster_name,
            "ECS_SERVICE_NAME": self.service.name,
            "ECS_TASK_DEFINITION_FAMILY": definition.family,
        }
        port = registry.get("containerPort") or registry.get("port")
        if port:
            attributes["AWS_INSTANCE_PORT"] = str(port)
        self._cloud_map.register_instance(service_id, task.id, task.id, attributes)
        task.registries.append(service_id)

    def _add_target(self, task: ServiceTask) -> None:
        """Register a task with its service's target groups, where it is healthy at once; moto registers none."""
        for each in self.service.load_balancers:
            group = self._target_groups.get(each.get("targetGroupArn", ""))
            if group is not None:
                group.register([{"Id": task.address, "Port": each["containerPort"]}])
                task.target_groups.append(group.arn)

    def _report(self) -> None:
        service, running = self.service, len(self._running())
        service.running_count, service.pending_count = running, 0
        self._deployment.update(
            desiredCount=service.desired_count,
            runningCount=running,
            pendingCount=0,
            rolloutState="COMPLETED",
            rolloutStateReason=f"ECS deployment {self._deployment['id']} completed.",
            taskDefinition=service.task_definition,
            networkConfiguration=service.network_configuration,
            launchType=service.launch_type,
            capacityProviderStrategy=service.capacity_provider_strategy,  # type: ignore[attr-defined] # kept by ecs.py
            updatedAt=utcnow(),
        )
        cluster = self.backend.clusters[service.cluster_name]
        cluster.running_tasks_count = sum(task.last_status == "RUNNING" for task in self.tasks.values())
        cluster.pending_tasks_count = 0
