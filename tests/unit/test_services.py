"""The backend and the frontend: their tasks and their services."""

from typing import Any

import pytest

from tests.unit.stack_json import Stack, Synth

APPLICATIONS = ["backend", "frontend"]
SECRET = "${aws_db_instance.database.master_user_secret[0].secret_arn}"  # noqa: S105 - the address of one


def variables(container: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in container["environment"]}


@pytest.mark.parametrize("service", APPLICATIONS)
def test_a_task_is_made_for_fargate_with_live_devs_size(dev: Stack, service: str) -> None:
    task = dev[f"aws_ecs_task_definition.{service}"]
    assert (task["requires_compatibilities"], task["network_mode"]) == (["FARGATE"], "awsvpc")
    assert (task["cpu"], task["memory"]) == ("256", "512")


@pytest.mark.parametrize("service", [*APPLICATIONS, "prometheus"])
def test_old_revisions_stay_registered_for_a_rollback(dev: Stack, service: str) -> None:
    assert dev[f"aws_ecs_task_definition.{service}"]["skip_destroy"] is True


@pytest.mark.parametrize(("service", "port"), [("backend", 3001), ("frontend", 3000)])
def test_a_task_has_one_container_with_the_services_name_and_port(dev: Stack, service: str, port: int) -> None:
    (container,) = dev.containers(service).values()
    assert (container["name"], container["essential"]) == (service, True)
    assert container["portMappings"] == [{"containerPort": port, "hostPort": port, "protocol": "tcp"}]


@pytest.mark.parametrize("service", APPLICATIONS)
def test_a_container_logs_to_its_services_group(dev: Stack, service: str) -> None:
    assert dev.containers(service)[service]["logConfiguration"] == {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": f"${{aws_cloudwatch_log_group.{service}.name}}",
            "awslogs-region": "us-east-1",
            "awslogs-stream-prefix": service,
        },
    }


@pytest.mark.parametrize("service", [*APPLICATIONS, "prometheus"])
def test_a_container_is_asked_for_its_health_as_often_as_live(dev: Stack, service: str) -> None:
    times = {key: value for key, value in dev.containers(service)[service]["healthCheck"].items() if key != "command"}
    assert times == {"interval": 30, "timeout": 5, "retries": 3, "startPeriod": 60}


@pytest.mark.parametrize(
    ("service", "url"),
    [("backend", "http://localhost:3001/api/health"), ("frontend", "http://localhost:3000/health")],
)
def test_a_container_asks_its_own_health_with_node_because_its_image_has_no_curl(
    dev: Stack, service: str, url: str
) -> None:
    how, program, _, script = dev.containers(service)[service]["healthCheck"]["command"]
    assert (how, program) == ("CMD", "node")
    assert f"require('http').get('{url}'" in script


def test_the_backend_reads_where_its_database_is(dev: Stack) -> None:
    assert variables(dev.containers("backend")["backend"]) == {
        "NODE_ENV": "production",
        "APP_ENV": "dev",
        "DB_HOST": "${aws_db_instance.database.address}",
        "DB_PORT": "${aws_db_instance.database.port}",
        "DB_NAME": "${aws_db_instance.database.db_name}",
    }


def test_the_backend_gets_user_and_password_from_the_databases_secret(dev: Stack) -> None:
    assert dev.containers("backend")["backend"]["secrets"] == [
        {"name": "DB_PASSWORD", "valueFrom": f"{SECRET}:password::"},
        {"name": "DB_USERNAME", "valueFrom": f"{SECRET}:username::"},
    ]


def test_the_frontend_reads_where_the_backend_is_and_no_secret(dev: Stack) -> None:
    container = dev.containers("frontend")["frontend"]
    assert variables(container) == {
        "NODE_ENV": "dev",
        "APP_ENV": "dev",
        "BACKEND_URL": "http://${aws_lb.load_balancer.dns_name}/api",
    }
    assert "secrets" not in container


@pytest.mark.parametrize("service", APPLICATIONS)
def test_an_application_runs_two_tasks_on_fargate_without_public_addresses(dev: Stack, service: str) -> None:
    resource = dev[f"aws_ecs_service.{service}"]
    assert (resource["launch_type"], resource["desired_count"]) == ("FARGATE", 2)
    assert resource["network_configuration"]["assign_public_ip"] is False
    assert resource["cluster"] == "${aws_ecs_cluster.cluster.id}"
    assert resource["task_definition"] == f"${{aws_ecs_task_definition.{service}.arn}}"


@pytest.mark.parametrize("service", APPLICATIONS)
def test_tasks_are_replaced_without_a_gap(dev: Stack, service: str) -> None:
    resource = dev[f"aws_ecs_service.{service}"]
    assert resource["deployment_minimum_healthy_percent"] == 100
    assert resource["deployment_maximum_percent"] == 200


@pytest.mark.parametrize(("service", "port"), [("backend", 3001), ("frontend", 3000)])
def test_an_application_is_reached_through_its_target_group(dev: Stack, service: str, port: int) -> None:
    resource = dev[f"aws_ecs_service.{service}"]
    target = f"${{aws_lb_target_group.load_balancer_{service}.arn}}"
    assert resource["load_balancer"] == [
        {"target_group_arn": target, "container_name": service, "container_port": port}
    ]
    assert resource["health_check_grace_period_seconds"] == 60


@pytest.mark.parametrize("service", APPLICATIONS)
def test_on_spot_a_service_has_that_capacity_alone_and_no_launch_type(synth: Synth, service: str) -> None:
    stack = synth(**{f"DEV__SERVICES__{service.upper()}__CAPACITY_PROVIDER": "FARGATE_SPOT"})
    resource = stack[f"aws_ecs_service.{service}"]
    assert resource["capacity_provider_strategy"] == [{"capacity_provider": "FARGATE_SPOT", "weight": 1}]
    assert "launch_type" not in resource


@pytest.mark.parametrize("service", [*APPLICATIONS, "prometheus"])
def test_fargate_is_a_launch_type_as_live_services_have_it(dev: Stack, service: str) -> None:
    # A strategy in its place would replace them.
    assert dev[f"aws_ecs_service.{service}"]["launch_type"] == "FARGATE"
    assert "capacity_provider_strategy" not in dev[f"aws_ecs_service.{service}"]


@pytest.mark.parametrize("service", APPLICATIONS)
def test_a_failed_deployment_is_rolled_back_where_the_environment_says_so(synth: Synth, service: str) -> None:
    stack = synth(**{f"DEV__SERVICES__{service.upper()}__CIRCUIT_BREAKER": "true"})
    assert stack[f"aws_ecs_service.{service}"]["deployment_circuit_breaker"] == {"enable": True, "rollback": True}


@pytest.mark.parametrize("service", APPLICATIONS)
def test_without_it_the_circuit_breaker_is_switched_off_and_not_left_as_it_is(dev: Stack, service: str) -> None:
    assert dev[f"aws_ecs_service.{service}"]["deployment_circuit_breaker"] == {"enable": False, "rollback": False}


@pytest.mark.parametrize("service", APPLICATIONS)
def test_no_apply_waits_for_or_judges_a_revision_that_ci_deploys(dev: Stack, service: str) -> None:
    resource = dev[f"aws_ecs_service.{service}"]
    assert "wait_for_steady_state" not in resource
    assert "postcondition" not in resource["lifecycle"]
