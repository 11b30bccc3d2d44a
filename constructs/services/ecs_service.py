"""The ECS service that keeps a service's tasks running."""

from typing import TYPE_CHECKING

from ..bindings import (
    EcsService,
    EcsServiceAlarms,
    EcsServiceCapacityProviderStrategy,
    EcsServiceDeploymentCircuitBreaker,
    EcsServiceLoadBalancer,
    EcsServiceNetworkConfiguration,
    EcsServiceServiceRegistries,
    ITerraformDependable,
    Postcondition,
    TerraformResourceLifecycle,
)
from .workload import Deployment, Workload

if TYPE_CHECKING:
    from .service import Service

SPOT = EcsServiceCapacityProviderStrategy(capacity_provider="FARGATE_SPOT", weight=1)


def ecs_service(service: "Service", workload: Workload) -> EcsService:
    """Define an ECS service on Fargate. Changing its name replaces it, and so does changing between Fargate and Spot.

    If Terraform deploys the revisions, an apply waits until one is up, at most 20 minutes, and fails if ECS rolled it
    back. If the service is autoscaled, the count is only the initial one.

    A task keeps the ECS Exec setting that its service had when it started. So the switch is a trigger of a new
    deployment: without it, tasks would go on as they were, until something else replaces them.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_service
    """
    foundation, settings, deployment = service.foundation, service.settings, workload.deployment
    return EcsService(
        service,
        "service",
        name=service.full_name,
        cluster=foundation.cluster.resource.id,
        task_definition=service.task_definition.arn,
        desired_count=settings.desired_count,
        # AWS rejects both together. Without Spot keep launch_type: live services have it, and changing it would replace
        # them.
        launch_type=None if workload.spot else "FARGATE",
        capacity_provider_strategy=[SPOT] if workload.spot else None,
        network_configuration=_network_configuration(service),
        service_registries=_registries(service),
        load_balancer=_load_balancer(service),
        health_check_grace_period_seconds=deployment.health_check_grace_period_seconds,
        deployment_minimum_healthy_percent=deployment.minimum_healthy_percent,
        deployment_maximum_percent=deployment.maximum_percent,
        # Written out always: left out, releases of the provider differ in what they make of it.
        availability_zone_rebalancing="ENABLED" if deployment.zone_rebalancing else "DISABLED",
        # Written out even if it is off: the provider takes a missing block for an unchanged one.
        deployment_circuit_breaker=EcsServiceDeploymentCircuitBreaker(
            enable=deployment.rollback, rollback=deployment.rollback
        ),
        alarms=_alarms(deployment),
        wait_for_steady_state=None if deployment.by_ci else True,
        enable_execute_command=service.execute_command,
        triggers={"execute_command": "on" if service.execute_command else "off"},
        force_new_deployment=True,
        tags={**service.tags("service"), **_why_exec_is_on(service)},
        lifecycle=_lifecycle(service, deployment),
        depends_on=needed_by_tasks(service, workload),
    )


def needed_by_tasks(service: "Service", workload: Workload) -> list[ITerraformDependable]:
    """Return what must be there before the first task: tasks need the NAT routes to pull their image."""
    foundation = service.foundation
    capacity = [foundation.cluster.capacity_providers] if workload.spot else []
    return [*workload.waits_for, *foundation.exec_access.grants, *foundation.network.nat_routes, *capacity]


def _why_exec_is_on(service: "Service") -> dict[str, str]:
    """Return the tags with the reason and the end of ECS Exec, if it has them; the provider rolls no task for tags."""
    toggle = service.foundation.environment.exec.timed.get(service.name)
    return toggle.tags if toggle else {}


def _network_configuration(service: "Service") -> EcsServiceNetworkConfiguration:
    return EcsServiceNetworkConfiguration(
        subnets=[subnet.id for subnet in service.foundation.network.private_app_subnets],
        security_groups=[service.foundation.security_groups.by_name[service.name].id],
        assign_public_ip=False,
    )


def _registries(service: "Service") -> EcsServiceServiceRegistries | None:
    if service.settings.port is None:
        return None
    return EcsServiceServiceRegistries(
        registry_arn=service.foundation.discovery.service_arn(service.name),
        container_name=service.name,
        container_port=service.settings.port,
    )


def _load_balancer(service: "Service") -> list[EcsServiceLoadBalancer] | None:
    port = service.settings.port
    if port is None or not service.settings.is_public:
        return None
    target_group = service.foundation.load_balancer.target_groups[service.name]
    return [EcsServiceLoadBalancer(target_group_arn=target_group.arn, container_name=service.name, container_port=port)]


def _alarms(deployment: Deployment) -> EcsServiceAlarms | None:
    if deployment.alarms is None:
        return None
    on = bool(deployment.alarms)
    return EcsServiceAlarms(alarm_names=list(deployment.alarms), enable=on, rollback=on)


def _lifecycle(service: "Service", deployment: Deployment) -> TerraformResourceLifecycle:
    ignored = [
        *(["task_definition"] if deployment.by_ci else []),
        *(["desired_count"] if service.settings.autoscaling else []),
    ]
    return TerraformResourceLifecycle(
        ignore_changes=ignored or None, postcondition=None if deployment.by_ci else [_not_rolled_back(service)]
    )


def _not_rolled_back(service: "Service") -> Postcondition:
    """Return the check that the service has the revision it was given: after a rollback the provider sees no fault.

    https://github.com/hashicorp/terraform-provider-aws/issues/20858
    """
    task = service.task_definition
    revision = f"{task.terraform_resource_type}.{task.friendly_unique_id}.arn"
    return Postcondition(
        condition=f"${{self.task_definition == {revision}}}",
        error_message=(
            f"{service.full_name}: ECS rolled the deployment back, the service runs ${{self.task_definition}} and not "
            f"${{{revision}}}; see why in the service's events and its tasks' logs, put it right and deploy again."
        ),
    )
