"""What every service of the platform is on Fargate: its task definition and its ECS service."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from constructs import Construct

from environments.task import TaskSettings

from ..bindings import (
    EcsService,
    EcsServiceDeploymentCircuitBreaker,
    EcsServiceLoadBalancer,
    EcsServiceNetworkConfiguration,
    EcsServiceServiceRegistries,
    EcsTaskDefinition,
    EcsTaskDefinitionVolume,
    IamRole,
    ITerraformDependable,
    Route,
    SecurityGroup,
    Subnet,
    TerraformResourceLifecycle,
)
from .cluster import Cluster
from .container import Container


@dataclass(frozen=True)
class Placement:
    """Where tasks run: without public addresses, in these subnets, going out by these routes."""

    cluster: Cluster
    subnets: Sequence[Subnet]
    security_group: SecurityGroup
    routes: Sequence[Route]


@dataclass(frozen=True)
class Deployment:
    """How ECS replaces tasks: how few and how many may run meanwhile, in percent of the desired count.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
    """

    minimum_healthy_percent: int = 100
    maximum_percent: int = 200
    rollback: bool = False


ROLLING = Deployment()


def task_definition(
    scope: Construct,
    id_: str,
    *,
    settings: TaskSettings,
    family: str,
    containers: Sequence[Container],
    execution_role: IamRole,
    task_role: IamRole,
    tags: dict[str, str],
    volumes: Sequence[EcsTaskDefinitionVolume] = (),
) -> EcsTaskDefinition:
    """Define a task definition for Fargate; CPU in units, memory in MiB, both decided by the environment.

    Any change is a new revision. Old revisions stay registered, so that a rollback finds them.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_task_definition
    """
    return EcsTaskDefinition(
        scope,
        id_,
        family=family,
        requires_compatibilities=["FARGATE"],
        network_mode="awsvpc",
        cpu=str(settings.cpu),
        memory=str(settings.memory_mib),
        execution_role_arn=execution_role.arn,
        task_role_arn=task_role.arn,
        container_definitions=json.dumps([container.render() for container in containers]),
        volume=list(volumes) or None,
        skip_destroy=True,
        tags=tags,
    )


def fargate_service(
    scope: Construct,
    id_: str,
    *,
    name: str,
    desired_count: int,
    task: EcsTaskDefinition,
    placement: Placement,
    registry: EcsServiceServiceRegistries,
    execute_command: bool,
    tags: dict[str, str],
    depends_on: Sequence[ITerraformDependable],
    target: EcsServiceLoadBalancer | None = None,
    health_check_grace_period_seconds: int | None = None,
    deployment: Deployment = ROLLING,
    ignore_changes: Sequence[str] = (),
) -> EcsService:
    """Define an ECS service on Fargate. Another name replaces it.

    A task keeps the ECS Exec setting that its service had when it started. So the switch is a trigger of a new
    deployment: without it, tasks would go on as they were, until something else replaces them.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_service
    """
    return EcsService(
        scope,
        id_,
        name=name,
        cluster=placement.cluster.resource.id,
        task_definition=task.arn,
        desired_count=desired_count,
        launch_type="FARGATE",
        network_configuration=EcsServiceNetworkConfiguration(
            subnets=[subnet.id for subnet in placement.subnets],
            security_groups=[placement.security_group.id],
            assign_public_ip=False,
        ),
        service_registries=registry,
        load_balancer=[target] if target else None,
        health_check_grace_period_seconds=health_check_grace_period_seconds,
        deployment_minimum_healthy_percent=deployment.minimum_healthy_percent,
        deployment_maximum_percent=deployment.maximum_percent,
        deployment_circuit_breaker=_circuit_breaker(deployment),
        enable_execute_command=execute_command,
        triggers={"execute_command": "on" if execute_command else "off"},
        force_new_deployment=True,
        tags=tags,
        lifecycle=TerraformResourceLifecycle(ignore_changes=list(ignore_changes)) if ignore_changes else None,
        # Without a way out a task cannot pull its image.
        depends_on=[*depends_on, *placement.routes],
    )


def _circuit_breaker(deployment: Deployment) -> EcsServiceDeploymentCircuitBreaker | None:
    return EcsServiceDeploymentCircuitBreaker(enable=True, rollback=True) if deployment.rollback else None
