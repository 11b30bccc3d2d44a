"""The autoscaling of a service's number of tasks."""

from constructs import Construct

from environments.autoscaling import AutoscalingSettings

from ..bindings import (
    AppautoscalingPolicy,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification,
    AppautoscalingTarget,
    EcsService,
    LbTargetGroup,
)
from .cluster import Cluster
from .load_balancer import LoadBalancer

# AWS's default for ECS, which the provider would not leave as it is: it sends 0 where none is given.
COOLDOWN_SECONDS = 300


class Autoscaling(Construct):
    """A number of tasks that AWS moves between two bounds, to keep each metric of the environment's near its target.

    CPU is in percent, requests are per task and minute. After a step AWS waits for 300 s before the next. Another name
    of the service replaces all of it; a change of bounds or targets is made in place.

    https://docs.aws.amazon.com/autoscaling/application/userguide/services-that-can-integrate-ecs.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: AutoscalingSettings,
        prefix: str,
        application: str,
        service: EcsService,
        cluster: Cluster,
        load_balancer: LoadBalancer,
        target_group: LbTargetGroup,
    ) -> None:
        super().__init__(scope, id_)
        self._name = f"{prefix}-{application}"
        self._target = AppautoscalingTarget(
            self,
            "target",
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=f"service/{cluster.resource.name}/{service.name}",
            min_capacity=settings.min_count,
            max_capacity=settings.max_count,
            tags={"Name": f"{self._name}-autoscaling", "Application": application, "Module": "compute"},
        )
        if settings.cpu_percent:
            self._track("cpu", "ECSServiceAverageCPUUtilization", settings.cpu_percent)
        if settings.requests_per_target:
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
