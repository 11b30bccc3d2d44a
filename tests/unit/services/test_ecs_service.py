"""The task definition and the ECS service of every kind of service."""

from collections.abc import Iterable
from typing import Any

import pytest

from tests.unit.kinds import APPLICATIONS, LISTENING, PUBLIC, RUNNING, SERVICES, Kinds
from tests.unit.stack_json import Stack

DEPLOYED_BY_CI = [name for name in APPLICATIONS if name in RUNNING]
PORTS = {"site": 3000, "orders": 8080, "ledger": 9000, "metrics": 9090}
REGISTRY = "aws_service_discovery_service.service_discovery"


def each(names: Iterable[str], changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a table for each name, so that its tests share a synthesis."""
    return dict.fromkeys(names, changes)


def service(stack: Stack, name: str) -> dict[str, Any]:
    return stack[f"aws_ecs_service.{name}"]


def task(stack: Stack, name: str) -> dict[str, Any]:
    return stack[f"aws_ecs_task_definition.{name}"]


@pytest.mark.parametrize("name", APPLICATIONS)
def test_a_task_is_made_for_fargate_with_live_devs_size(platform: Stack, name: str) -> None:
    definition = task(platform, name)
    assert (definition["requires_compatibilities"], definition["network_mode"]) == (["FARGATE"], "awsvpc")
    assert (definition["cpu"], definition["memory"]) == ("256", "512")


@pytest.mark.parametrize("name", SERVICES)
def test_old_revisions_stay_registered_for_a_rollback(platform: Stack, name: str) -> None:
    assert task(platform, name)["skip_destroy"] is True


@pytest.mark.parametrize("name", SERVICES)
def test_a_task_runs_on_arm_only_if_its_table_says_so(kinds: Kinds, platform: Stack, name: str) -> None:
    assert "runtime_platform" not in task(platform, name)
    assert task(kinds(**each(SERVICES, {"architecture": "arm64"})), name)["runtime_platform"] == {
        "cpu_architecture": "ARM64",
        "operating_system_family": "LINUX",
    }


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_logs_to_its_services_group(platform: Stack, name: str) -> None:
    assert platform.containers(name)[name]["logConfiguration"] == {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": f"${{aws_cloudwatch_log_group.{name}.name}}",
            "awslogs-region": "us-east-1",
            "awslogs-stream-prefix": name,
        },
    }


@pytest.mark.parametrize("name", SERVICES)
def test_a_task_has_its_own_role(platform: Stack, name: str) -> None:
    assert task(platform, name)["task_role_arn"] == f"${{aws_iam_role.{name}_task.arn}}"


@pytest.mark.parametrize("name", RUNNING)
def test_a_service_runs_its_task_without_public_addresses(platform: Stack, name: str) -> None:
    resource = service(platform, name)
    assert resource["network_configuration"]["assign_public_ip"] is False
    assert resource["cluster"] == "${aws_ecs_cluster.cluster.id}"
    assert resource["task_definition"] == f"${{aws_ecs_task_definition.{name}.arn}}"


@pytest.mark.parametrize("name", DEPLOYED_BY_CI)
def test_two_tasks_run_and_are_replaced_without_a_gap(platform: Stack, name: str) -> None:
    resource = service(platform, name)
    assert resource["desired_count"] == 2
    assert resource["deployment_minimum_healthy_percent"] == 100
    assert resource["deployment_maximum_percent"] == 200


@pytest.mark.parametrize("name", LISTENING)
def test_an_srv_record_gets_container_and_port(platform: Stack, name: str) -> None:
    assert service(platform, name)["service_registries"] == {
        "registry_arn": f'${{{REGISTRY}["{name}"].arn}}',
        "container_name": name,
        "container_port": PORTS[name],
    }


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_service_is_reached_through_its_target_group(platform: Stack, name: str) -> None:
    target = f"${{aws_lb_target_group.load_balancer_{name}.arn}}"
    assert service(platform, name)["load_balancer"] == [
        {"target_group_arn": target, "container_name": name, "container_port": PORTS[name]}
    ]
    assert service(platform, name)["health_check_grace_period_seconds"] == 60


@pytest.mark.parametrize("name", DEPLOYED_BY_CI)
def test_only_a_public_application_has_a_grace_period(platform: Stack, name: str) -> None:
    assert ("health_check_grace_period_seconds" in service(platform, name)) == (name in PUBLIC)


@pytest.mark.parametrize("name", DEPLOYED_BY_CI)
def test_aws_may_balance_an_applications_zones(platform: Stack, name: str) -> None:
    assert service(platform, name)["availability_zone_rebalancing"] == "ENABLED"


@pytest.mark.parametrize("name", DEPLOYED_BY_CI)
def test_on_spot_a_service_has_no_launch_type(kinds: Kinds, name: str) -> None:
    resource = service(kinds(**each(DEPLOYED_BY_CI, {"capacity_provider": "FARGATE_SPOT"})), name)
    assert resource["capacity_provider_strategy"] == [{"capacity_provider": "FARGATE_SPOT", "weight": 1}]
    assert "launch_type" not in resource
    assert "aws_ecs_cluster_capacity_providers.cluster" in resource["depends_on"]


@pytest.mark.parametrize("name", RUNNING)
def test_fargate_is_a_launch_type_as_live_services_have_it(platform: Stack, name: str) -> None:
    # A strategy in its place would replace them.
    assert service(platform, name)["launch_type"] == "FARGATE"
    assert "capacity_provider_strategy" not in service(platform, name)


@pytest.mark.parametrize("name", DEPLOYED_BY_CI)
def test_a_circuit_breaker_is_off_unless_the_table_says_so(kinds: Kinds, platform: Stack, name: str) -> None:
    # Written out, for the provider takes a missing block for an unchanged one.
    assert service(platform, name)["deployment_circuit_breaker"] == {"enable": False, "rollback": False}
    changed = service(kinds(**each(DEPLOYED_BY_CI, {"circuit_breaker": True})), name)
    assert changed["deployment_circuit_breaker"] == {"enable": True, "rollback": True}


@pytest.mark.parametrize("name", DEPLOYED_BY_CI)
def test_alarms_roll_a_deployment_back(kinds: Kinds, platform: Stack, name: str) -> None:
    changed = service(kinds(**each(DEPLOYED_BY_CI, {"deployment_alarms": ["errors", "slow"]})), name)
    assert changed["alarms"] == {"alarm_names": ["errors", "slow"], "enable": True, "rollback": True}
    assert "alarms" not in service(platform, name)


@pytest.mark.parametrize("name", DEPLOYED_BY_CI)
def test_an_empty_list_switches_alarms_off(kinds: Kinds, name: str) -> None:
    changed = service(kinds(**each(DEPLOYED_BY_CI, {"deployment_alarms": []})), name)
    assert changed["alarms"] == {"alarm_names": [], "enable": False, "rollback": False}


@pytest.mark.parametrize("name", DEPLOYED_BY_CI)
def test_no_apply_waits_for_a_revision_that_ci_deploys(platform: Stack, name: str) -> None:
    resource = service(platform, name)
    assert resource["lifecycle"] == {"ignore_changes": ["task_definition"]}
    assert "wait_for_steady_state" not in resource


@pytest.mark.parametrize("name", DEPLOYED_BY_CI)
def test_an_apply_follows_a_revision_that_terraform_deploys(kinds: Kinds, name: str) -> None:
    resource = service(kinds(**each(DEPLOYED_BY_CI, {"deployed_by": "terraform"})), name)
    (condition,) = resource["lifecycle"]["postcondition"]
    assert resource["wait_for_steady_state"] is True
    assert condition["condition"] == f"${{self.task_definition == aws_ecs_task_definition.{name}.arn}}"
    assert "ignore_changes" not in resource["lifecycle"]


@pytest.mark.parametrize("name", SERVICES)
def test_ecs_may_start_the_tasks_of_a_service(platform: Stack, name: str) -> None:
    role = "metrics_execution" if name == "metrics" else "task_execution"
    assert task(platform, name)["execution_role_arn"] == f"${{aws_iam_role.{role}.arn}}"


@pytest.mark.parametrize("name", RUNNING)
def test_a_service_waits_for_what_its_tasks_need(platform: Stack, name: str) -> None:
    attachment = "metrics_execution_attachment" if name == "metrics" else "task_execution"
    assert {
        f"aws_iam_role_policy_attachment.{attachment}",
        "aws_iam_role_policy_attachment.ecs_exec",
        "aws_route.network_private_1_nat",
    } <= set(service(platform, name)["depends_on"])


def test_a_service_waits_for_its_own_routes_alone(platform: Stack) -> None:
    listener, rule = "aws_lb_listener.load_balancer_http", "aws_lb_listener_rule.load_balancer_orders_api"
    routes = {name: {listener, rule} & set(service(platform, name)["depends_on"]) for name in RUNNING}
    assert {name: found for name, found in routes.items() if found} == {"site": {listener}, "orders": {listener, rule}}
