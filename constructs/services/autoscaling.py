"""The autoscaling of a service's number of tasks."""

from typing import TYPE_CHECKING

from ..bindings import (
    AppautoscalingPolicy,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification,
    AppautoscalingTarget,
    Construct,
    EcsService,
)

if TYPE_CHECKING:
    from .service import Service

# AWS's default for ECS, which the provider would not leave as it is: it sends 0 where none is given.
COOLDOWN_SECONDS = 300


class Autoscaling(Construct):
    """A number of tasks that AWS moves between two bounds, to keep each metric of the environment's near its target.

    CPU is in percent, requests are per task and minute. After a step AWS waits for 300 s before the next. Renaming the
    service replaces all of it; bounds and targets change in place.

    https://docs.aws.amazon.com/autoscaling/application/userguide/services-that-can-integrate-ecs.html
    """

    def __init__(self, scope: Construct, id_: str, *, service: "Service", resource: EcsService) -> None:
        super().__init__(scope, id_)
        settings = service.settings.autoscaling
        if settings is None:
            raise ValueError(f"{self.node.path}: the environment says nothing about autoscaling; leave it out")
        self._name = service.full_name
        self._target = AppautoscalingTarget(
            self,
            "target",
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=f"service/{service.foundation.cluster.resource.name}/{resource.name}",
            min_capacity=settings.min_count,
            max_capacity=settings.max_count,
            tags=service.tags("autoscaling"),
        )
        if settings.cpu_percent:
            self._track("cpu", "ECSServiceAverageCPUUtilization", settings.cpu_percent)
        if settings.requests_per_target:
            load_balancer = service.foundation.load_balancer
            target_group = load_balancer.target_groups[service.name]
            label = f"{load_balancer.resource.arn_suffix}/{target_group.arn_suffix}"
            self._track("requests", "ALBRequestCountPerTarget", settings.requests_per_target, resource_label=label)

    def _track(self, id_: str, metric: str, target: int, *, resource_label: str | None = None) -> None:
        AppautoscalingPolicy(
            self,
            id_,
            name=f"{self._name}-{id_}",
            policy_type="TargetTrackingScaling",
            service_namespace=self._target.service_namespace,
            scalable_dimension=self._target.scalable_dimension,
            resource_id=self._target.resource_id,
            target_tracking_scaling_policy_configuration=AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration(
                target_value=target,
                scale_in_cooldown=COOLDOWN_SECONDS,
                scale_out_cooldown=COOLDOWN_SECONDS,
                predefined_metric_specification=AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification(
                    predefined_metric_type=metric, resource_label=resource_label
                ),
            ),
        )
