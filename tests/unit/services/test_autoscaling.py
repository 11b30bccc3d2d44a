"""The autoscaling of services, with a load balancer and without."""

from typing import Any

import pytest

from tests.unit.kinds import APPLICATIONS, PUBLIC, RUNNING, Kinds
from tests.unit.stack_json import Stack

SCALABLE = [name for name in APPLICATIONS if name in RUNNING]
BOUNDS = {"min_count": 1, "max_count": 6}
# Without them the provider sends 0, and tasks would come and go with every minute's metric.
COOLDOWNS = {"scale_in_cooldown": 300, "scale_out_cooldown": 300}


def autoscaled(kinds: Kinds, *services: str, **metrics: int) -> Stack:
    """Scale these services, all that can be by default."""
    scaled = {"autoscaling": {**BOUNDS, **(metrics or {"cpu_percent": 60})}}
    return kinds(**dict.fromkeys(services or SCALABLE, scaled))


def tracking(stack: Stack, policy: str) -> dict[str, Any]:
    configuration = stack[f"aws_appautoscaling_policy.{policy}"]["target_tracking_scaling_policy_configuration"]
    return dict(configuration)


def test_nothing_is_scaled_unless_its_table_says_so(platform: Stack) -> None:
    assert not platform.of_type("aws_appautoscaling_target")


@pytest.mark.parametrize("service", SCALABLE)
def test_tasks_are_scaled_between_the_bounds(kinds: Kinds, service: str) -> None:
    target = autoscaled(kinds)[f"aws_appautoscaling_target.{service}_autoscaling"]
    assert (target["service_namespace"], target["scalable_dimension"]) == ("ecs", "ecs:service:DesiredCount")
    assert target["resource_id"] == f"service/${{aws_ecs_cluster.cluster.name}}/${{aws_ecs_service.{service}.name}}"
    assert (target["min_capacity"], target["max_capacity"]) == (1, 6)


@pytest.mark.parametrize("service", SCALABLE)
def test_it_keeps_the_average_cpu_use_near_its_target(kinds: Kinds, service: str) -> None:
    stack = autoscaled(kinds)
    policy = stack[f"aws_appautoscaling_policy.{service}_autoscaling_cpu"]
    assert (policy["name"], policy["policy_type"]) == (f"dev-acme-{service}-cpu", "TargetTrackingScaling")
    assert tracking(stack, f"{service}_autoscaling_cpu") == {
        "target_value": 60,
        **COOLDOWNS,
        "predefined_metric_specification": {"predefined_metric_type": "ECSServiceAverageCPUUtilization"},
    }


@pytest.mark.parametrize("service", PUBLIC)
def test_it_keeps_the_requests_per_task_near_their_target(kinds: Kinds, service: str) -> None:
    stack = autoscaled(kinds, *PUBLIC, requests_per_target=600)
    label = f"${{aws_lb.load_balancer.arn_suffix}}/${{aws_lb_target_group.load_balancer_{service}.arn_suffix}}"
    assert tracking(stack, f"{service}_autoscaling_requests") == {
        "target_value": 600,
        **COOLDOWNS,
        "predefined_metric_specification": {
            "predefined_metric_type": "ALBRequestCountPerTarget",
            "resource_label": label,
        },
    }


@pytest.mark.parametrize("service", SCALABLE)
def test_a_policy_is_on_the_target_of_its_service(kinds: Kinds, service: str) -> None:
    policy = autoscaled(kinds)[f"aws_appautoscaling_policy.{service}_autoscaling_cpu"]
    target = f"aws_appautoscaling_target.{service}_autoscaling"
    for argument in ("resource_id", "scalable_dimension", "service_namespace"):
        assert policy[argument] == f"${{{target}.{argument}}}"


@pytest.mark.parametrize(("metric", "policy"), [("cpu_percent", "cpu"), ("requests_per_target", "requests")])
def test_one_metric_alone_will_do(kinds: Kinds, metric: str, policy: str) -> None:
    stack = autoscaled(kinds, "site", **{metric: 50})
    assert set(stack.of_type("aws_appautoscaling_policy")) == {f"site_autoscaling_{policy}"}


@pytest.mark.parametrize("service", SCALABLE)
def test_terraform_leaves_the_count_to_it(kinds: Kinds, service: str) -> None:
    resource = autoscaled(kinds)[f"aws_ecs_service.{service}"]
    assert resource["desired_count"] == 2
    assert resource["lifecycle"] == {"ignore_changes": ["task_definition", "desired_count"]}


def test_a_target_has_the_tags_of_its_service(kinds: Kinds) -> None:
    target = autoscaled(kinds, "worker")["aws_appautoscaling_target.worker_autoscaling"]
    assert target["tags"] == {"Name": "dev-acme-worker-autoscaling", "Application": "worker", "Module": "compute"}
