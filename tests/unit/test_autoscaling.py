"""The autoscaling of the backend and the frontend."""

import pytest

from tests.unit.stack_json import Stack, Synth

SERVICES = ["backend", "frontend"]
BOTH = "{min_count = 1, max_count = 6, cpu_percent = 60, requests_per_target = 600}"
# Without them the provider sends 0, and tasks would come and go with every minute's metric.
COOLDOWNS = {"scale_in_cooldown": 300, "scale_out_cooldown": 300}


def autoscaled(synth: Synth, service: str, settings: str = BOTH) -> Stack:
    return synth(**{f"DEV__SERVICES__{service.upper()}__AUTOSCALING": settings})


def policies(stack: Stack) -> set[str]:
    return set(stack.of_type("aws_appautoscaling_policy"))


@pytest.mark.parametrize("environment", ["dev", "staging"])
def test_nothing_is_scaled_where_an_environment_says_nothing(synth: Synth, environment: str) -> None:
    stack = synth(environment)
    assert not stack.of_type("aws_appautoscaling_target")
    assert policies(stack) == set()


@pytest.mark.parametrize("service", SERVICES)
def test_the_tasks_of_the_service_are_scaled_between_its_bounds(synth: Synth, service: str) -> None:
    target = autoscaled(synth, service)[f"aws_appautoscaling_target.{service}_autoscaling"]
    assert (target["service_namespace"], target["scalable_dimension"]) == ("ecs", "ecs:service:DesiredCount")
    assert target["resource_id"] == f"service/${{aws_ecs_cluster.cluster.name}}/${{aws_ecs_service.{service}.name}}"
    assert (target["min_capacity"], target["max_capacity"]) == (1, 6)


@pytest.mark.parametrize("service", SERVICES)
def test_it_keeps_the_average_cpu_use_near_its_target(synth: Synth, service: str) -> None:
    policy = autoscaled(synth, service)[f"aws_appautoscaling_policy.{service}_autoscaling_cpu"]
    assert (policy["name"], policy["policy_type"]) == (f"dev-davidshaevel-{service}-cpu", "TargetTrackingScaling")
    assert policy["target_tracking_scaling_policy_configuration"] == {
        "target_value": 60,
        **COOLDOWNS,
        "predefined_metric_specification": {"predefined_metric_type": "ECSServiceAverageCPUUtilization"},
    }


@pytest.mark.parametrize("service", SERVICES)
def test_it_keeps_the_requests_per_task_of_its_own_target_group_near_their_target(synth: Synth, service: str) -> None:
    policy = autoscaled(synth, service)[f"aws_appautoscaling_policy.{service}_autoscaling_requests"]
    label = f"${{aws_lb.load_balancer.arn_suffix}}/${{aws_lb_target_group.load_balancer_{service}.arn_suffix}}"
    assert policy["target_tracking_scaling_policy_configuration"] == {
        "target_value": 600,
        **COOLDOWNS,
        "predefined_metric_specification": {
            "predefined_metric_type": "ALBRequestCountPerTarget",
            "resource_label": label,
        },
    }


@pytest.mark.parametrize("service", SERVICES)
def test_a_policy_is_on_the_target_of_its_service(synth: Synth, service: str) -> None:
    stack = autoscaled(synth, service)
    target = f"aws_appautoscaling_target.{service}_autoscaling"
    assert policies(stack) == {f"{service}_autoscaling_cpu", f"{service}_autoscaling_requests"}
    for policy in stack.of_type("aws_appautoscaling_policy").values():
        for argument in ("resource_id", "scalable_dimension", "service_namespace"):
            assert policy[argument] == f"${{{target}.{argument}}}"


@pytest.mark.parametrize(("metric", "policy"), [("cpu_percent", "cpu"), ("requests_per_target", "requests")])
def test_one_metric_alone_will_do(synth: Synth, metric: str, policy: str) -> None:
    stack = autoscaled(synth, "backend", f"{{min_count = 1, max_count = 6, {metric} = 50}}")
    assert policies(stack) == {f"backend_autoscaling_{policy}"}


@pytest.mark.parametrize("service", SERVICES)
def test_terraform_leaves_the_count_to_it_from_the_start_on(synth: Synth, service: str) -> None:
    resource = autoscaled(synth, service)[f"aws_ecs_service.{service}"]
    assert resource["desired_count"] == 2
    assert resource["lifecycle"] == {"ignore_changes": ["task_definition", "desired_count"]}


def test_a_target_has_the_tags_of_its_service(synth: Synth) -> None:
    target = autoscaled(synth, "backend")["aws_appautoscaling_target.backend_autoscaling"]
    assert target["tags"] == {
        "Name": "dev-davidshaevel-backend-autoscaling",
        "Application": "backend",
        "Module": "compute",
    }
