"""What every service of the platform is on Fargate: its task definition and its ECS service."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from constructs import Construct

from environments.task import TaskSettings

from ..bindings import (
    EcsService,
    EcsServiceCapacityProviderStrategy,
    EcsServiceDeploymentCircuitBreaker,
    EcsServiceLoadBalancer,
    EcsServiceNetworkConfiguration,
    EcsServiceServiceRegistries,
    EcsTaskDefinition,
    EcsTaskDefinitionVolume,
    IamRole,
    ITerraformDependable,
    Postcondition,
    Route,
    SecurityGroup,
    Subnet,
    TerraformResourceLifecycle,
)
from .cluster import Cluster
from .container import Container

SPOT = EcsServiceCapacityProviderStrategy(capacity_provider="FARGATE_SPOT", weight=1)


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

    With ``rollback``, a deployment whose tasks do not come up is stopped and the last good one restored. ``by_ci`` says
    that revisions are deployed outside Terraform, which then leaves the service at the one that it has.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
    """

    minimum_healthy_percent: int = 100
    maximum_percent: int = 200
    rollback: bool = False
    by_ci: bool = False


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
    deployment: Deployment,
    tags: dict[str, str],
    depends_on: Sequence[ITerraformDependable],
    target: EcsServiceLoadBalancer | None = None,
    health_check_grace_period_seconds: int | None = None,
    spot: bool = False,
    autoscaled: bool = False,
) -> EcsService:
    """Define an ECS service on Fargate. Another name replaces it, and so does a change between Fargate and its Spot.

    Where Terraform deploys the revisions, an apply waits until one is up, at most 20 minutes, and fails where ECS
    rolled it back. Where it is ``autoscaled``, the count is only the one to start with.

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
        # Never both: AWS refuses it. Without Spot it is as live services have it, for a change replaces them.
        launch_type=None if spot else "FARGATE",
        capacity_provider_strategy=[SPOT] if spot else None,
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
        # Written out where it is off too: the provider takes a block that is left out for one that is as before.
        deployment_circuit_breaker=EcsServiceDeploymentCircuitBreaker(
            enable=deployment.rollback, rollback=deployment.rollback
        ),
        wait_for_steady_state=None if deployment.by_ci else True,
        enable_execute_command=execute_command,
        triggers={"execute_command": "on" if execute_command else "off"},
        force_new_deployment=True,
        tags=tags,
        lifecycle=_lifecycle(name, task, deployment, autoscaled=autoscaled),
        # Without a way out a task cannot pull its image; a cluster refuses capacity that it does not have yet.
        depends_on=[*depends_on, *placement.routes, *([placement.cluster.capacity_providers] if spot else [])],
    )


def _lifecycle(
    name: str, task: EcsTaskDefinition, deployment: Deployment, *, autoscaled: bool
) -> TerraformResourceLifecycle:
    ignored = [*(["task_definition"] if deployment.by_ci else []), *(["desired_count"] if autoscaled else [])]
    return TerraformResourceLifecycle(
        ignore_changes=ignored or None, postcondition=None if deployment.by_ci else [_not_rolled_back(name, task)]
    )


def _not_rolled_back(name: str, task: EcsTaskDefinition) -> Postcondition:
    """Return the check that the service has the revision it was given: after a rollback the provider sees no fault.

    https://github.com/hashicorp/terraform-provider-aws/issues/20858
    """
    revision = f"{task.terraform_resource_type}.{task.friendly_unique_id}.arn"
    return Postcondition(
        condition=f"${{self.task_definition == {revision}}}",
        error_message=(
            f"{name}: ECS rolled the deployment back, the service runs ${{self.task_definition}} and not "
            f"${{{revision}}}; see why in the service's events and its tasks' logs, put it right and deploy again."
        ),
    )
