"""A service of the platform, whatever its kind."""

import json
from collections.abc import Callable
from typing import Any

from ..bindings import CloudwatchLogGroup, Construct, EcsService, EcsTaskDefinition, EcsTaskDefinitionRuntimePlatform
from .autoscaling import Autoscaling
from .container import LogDriver
from .ecs_service import ecs_service
from .foundation import Foundation
from .schedule import Schedule
from .tags import service_tags
from .workload import Workload

Kind = Callable[["Service", Any], Workload]
"""A function that returns what a service with these settings runs; it may add resources to the service."""


class Service(Construct):
    """A service on Fargate: its log group, its task definition, and what runs its tasks, an ECS service or a schedule.

    ``outputs`` are what a deploy prints of it. Changing its name replaces all of it.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
    """

    def __init__(self, scope: Construct, id_: str, foundation: Foundation, kind: Kind) -> None:
        super().__init__(scope, id_)
        self.name = id_
        self.foundation = foundation
        self.settings = foundation.environment.services[id_]
        self.execute_command = id_ in foundation.environment.exec.enabled
        self.task_role = foundation.task_roles[id_]

        self.log_group = self._log_group()
        workload = kind(self, self.settings)
        self.execution_role = workload.execution_role
        self.task_definition = self._task_definition(workload)
        self.resource = self._runner(workload)
        self.outputs = self._outputs() | dict(workload.outputs)

    @property
    def full_name(self) -> str:
        """The name of what there is once of it, such as its ECS service."""
        return self.foundation.environment.service_name(self.name)

    def tags(self, what: str) -> dict[str, str]:
        """Return the tags of one of its resources; `what` ends its Name."""
        return service_tags(self.foundation.environment, self.name, what)

    def log_driver(self, stream_prefix: str) -> LogDriver:
        """Return the driver that logs a container's output to the service's group."""
        return LogDriver(self.log_group, stream_prefix, self.foundation.environment.region)

    def _log_group(self) -> CloudwatchLogGroup:
        environment = self.foundation.environment
        return CloudwatchLogGroup(
            self,
            "log_group",
            name=f"/ecs/{environment.prefix}/{self.name}",
            retention_in_days=environment.log_retention_days,
            tags={**self.tags("logs"), "Application": self.name},
        )

    def _task_definition(self, workload: Workload) -> EcsTaskDefinition:
        """Define the task definition; any change is a new revision, and old ones stay for a rollback.

        https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_task_definition
        """
        return EcsTaskDefinition(
            self,
            "task_definition",
            family=self.full_name,
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(self.settings.cpu),
            memory=str(self.settings.memory_mib),
            runtime_platform=self._runtime_platform(),
            execution_role_arn=workload.execution_role.arn,
            task_role_arn=self.task_role.arn,
            container_definitions=json.dumps([container.render() for container in workload.containers]),
            volume=list(workload.volumes) or None,
            skip_destroy=True,
            tags=self.tags("task"),
        )

    def _runtime_platform(self) -> EcsTaskDefinitionRuntimePlatform | None:
        # x86_64 is what Fargate takes without it, and what live revisions have.
        if self.settings.architecture == "x86_64":
            return None
        return EcsTaskDefinitionRuntimePlatform(
            cpu_architecture=self.settings.architecture.upper(), operating_system_family="LINUX"
        )

    def _runner(self, workload: Workload) -> EcsService | None:
        if self.settings.schedule:
            Schedule(self, "scheduler", service=self, workload=workload)
            return None
        resource = ecs_service(self, workload)
        if self.settings.autoscaling:
            Autoscaling(self, "autoscaling", service=self, resource=resource)
        return resource

    def _outputs(self) -> dict[str, object]:
        environment, outputs = self.foundation.environment, dict[str, object]()
        if self.resource:
            outputs["service_name"] = self.resource.name
        if self.settings.is_public:
            outputs["url"] = self.foundation.load_balancer.url(self.name)
        if self.settings.port:
            outputs["dns_name"] = environment.dns_name(self.name)
        return outputs
