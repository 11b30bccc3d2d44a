"""What the container of an application gets: its command, its variables, its secrets, its health check."""

import json
from typing import Any

import pytest

from tests.unit.kinds import Kinds
from tests.unit.stack_json import Stack

KEY = "arn:aws:secretsmanager:us-east-1:123456789012:secret:app-AbCdEf"
PARAMETER = "arn:aws:ssm:us-east-1:123456789012:parameter/app/token"
SECRET = "${aws_db_instance.database.master_user_secret[0].secret_arn}"  # noqa: S105 - the address of one
DATABASE_SECRETS = [
    {"name": "DB_PASSWORD", "valueFrom": f"{SECRET}:password::"},
    {"name": "DB_USERNAME", "valueFrom": f"{SECRET}:username::"},
]
DATABASE_VARIABLES = {
    "DB_HOST": "${aws_db_instance.database.address}",
    "DB_PORT": "${aws_db_instance.database.port}",
    "DB_NAME": "${aws_db_instance.database.db_name}",
}
READS_DATABASE = "aws_iam_role_policy.task_execution_secrets"


def container(stack: Stack, service: str) -> dict[str, Any]:
    return stack.containers(service)[service]


def variables(stack: Stack, service: str) -> dict[str, str]:
    return {each["name"]: each["value"] for each in container(stack, service).get("environment", ())}


def test_a_container_has_its_services_image_name_and_port(platform: Stack) -> None:
    definition = container(platform, "orders")
    assert (definition["name"], definition["image"], definition["essential"]) == ("orders", "orders:1", True)
    assert definition["portMappings"] == [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}]


def test_a_container_without_a_port_maps_none(platform: Stack) -> None:
    assert "portMappings" not in container(platform, "worker")


def test_a_command_replaces_that_of_the_image(platform: Stack) -> None:
    assert container(platform, "nightly")["command"] == ["node", "nightly.js"]
    assert "command" not in container(platform, "worker")


@pytest.mark.parametrize("service", ["orders", "ledger", "worker"])
def test_what_connects_to_the_database_knows_it(platform: Stack, service: str) -> None:
    assert variables(platform, service) == DATABASE_VARIABLES
    assert container(platform, service)["secrets"] == DATABASE_SECRETS
    assert READS_DATABASE in platform[f"aws_ecs_service.{service}"]["depends_on"]


def test_what_does_not_connect_knows_nothing_of_it(platform: Stack) -> None:
    assert not {"environment", "secrets"} & container(platform, "site").keys()
    assert READS_DATABASE not in platform["aws_ecs_service.site"]["depends_on"]


def test_placeholders_are_filled(kinds: Kinds) -> None:
    values = {
        "A": "{environment}",
        "B": "http://ledger.{namespace}:{port}",
        "C": "http://{load_balancer}/x",
        "D": "{} ${HOME} %{if} {X}",
    }
    assert variables(kinds(site={"environment": values}), "site") == {
        "A": "dev",
        "B": "http://ledger.acme.internal:3000",
        "C": "http://${aws_lb.load_balancer.dns_name}/x",
        # Terraform turns what is doubled into one.
        "D": "{} $${HOME} %%{if} {X}",
    }


def test_a_shell_keeps_its_variables(kinds: Kinds) -> None:
    stack = kinds(worker={"command": ["sh", "-c", "echo ${HOME} {port}"]})
    assert container(stack, "worker")["command"] == ["sh", "-c", "echo $${HOME} {port}"]


def test_a_health_check_is_the_command_of_the_table(kinds: Kinds, platform: Stack) -> None:
    stack = kinds(ledger={"container_health_check": ["CMD-SHELL", "nc -z localhost {port}"]})
    assert container(stack, "ledger")["healthCheck"] == {
        "command": ["CMD-SHELL", "nc -z localhost 9000"],
        "interval": 30,
        "timeout": 5,
        "retries": 3,
        "startPeriod": 60,
    }
    assert "healthCheck" not in container(platform, "ledger")


def test_secrets_come_behind_those_of_the_database(kinds: Kinds) -> None:
    stack = kinds(worker={"secrets": {"KEY": f"{KEY}:key::", "TOKEN": PARAMETER}})
    assert container(stack, "worker")["secrets"] == [
        *DATABASE_SECRETS,
        {"name": "KEY", "valueFrom": f"{KEY}:key::"},
        {"name": "TOKEN", "valueFrom": PARAMETER},
    ]


def test_each_secret_is_granted_by_its_arn(kinds: Kinds) -> None:
    stack = kinds(worker={"secrets": {"A": f"{KEY}:a::", "B": f"{KEY}:b::", "TOKEN": PARAMETER}})
    grant = stack["aws_iam_role_policy.worker_secrets"]
    assert grant["role"] == "${aws_iam_role.task_execution.id}"
    assert [(each["Action"], each["Resource"]) for each in json.loads(grant["policy"])["Statement"]] == [
        (["secretsmanager:GetSecretValue"], [KEY]),
        (["ssm:GetParameters"], [PARAMETER]),
    ]
    assert "aws_iam_role_policy.worker_secrets" in stack["aws_ecs_service.worker"]["depends_on"]


def test_without_secrets_nothing_is_granted(platform: Stack) -> None:
    assert set(platform.of_type("aws_iam_role_policy")) == {
        "ecs_exec_session_log",
        "nightly_scheduler",
        "task_execution_secrets",
    }


@pytest.fixture
def by_iam(kinds: Kinds) -> Stack:
    """The platform whose services log in to the database by IAM."""
    return kinds({"DEV__DATABASE__IAM_AUTHENTICATION": "true"})


@pytest.mark.parametrize("service", ["orders", "ledger", "worker"])
def test_by_iam_a_service_has_a_user_and_no_password(by_iam: Stack, service: str) -> None:
    assert variables(by_iam, service) == {**DATABASE_VARIABLES, "DB_USERNAME": service}
    assert "secrets" not in container(by_iam, service)


@pytest.mark.parametrize("service", ["orders", "ledger", "worker"])
def test_by_iam_it_may_log_in_as_that_user_alone(by_iam: Stack, service: str) -> None:
    login = by_iam[f"aws_iam_role_policy.{service}_database_login"]
    user = f"arn:aws:rds-db:us-east-1:123456789012:dbuser:${{aws_db_instance.database.resource_id}}/{service}"
    assert login["role"] == f"${{aws_iam_role.{service}_task.id}}"
    assert json.loads(login["policy"])["Statement"] == [
        {"Effect": "Allow", "Action": ["rds-db:connect"], "Resource": [user]}
    ]
    assert f"aws_iam_role_policy.{service}_database_login" in by_iam[f"aws_ecs_service.{service}"]["depends_on"]


def test_by_iam_nothing_else_may_log_in(by_iam: Stack) -> None:
    logins = {name for name in by_iam.of_type("aws_iam_role_policy") if name.endswith("_database_login")}
    assert logins == {"orders_database_login", "ledger_database_login", "worker_database_login"}


def test_revisions_from_before_still_get_the_password(by_iam: Stack, platform: Stack) -> None:
    # ECS starts their tasks again until CI has deployed the next one.
    assert by_iam[READS_DATABASE] == platform[READS_DATABASE]
    assert READS_DATABASE in by_iam["aws_ecs_service.orders"]["depends_on"]


def test_the_secret_of_the_database_can_be_named(kinds: Kinds) -> None:
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-273293e9-a80e-489a-9d06-eaedf5e60ba8-hCHyWt"
    stack = kinds(worker={"connects_to": [], "secrets": {"PGPASSWORD": f"{arn}:password::"}})
    assert container(stack, "worker")["secrets"] == [{"name": "PGPASSWORD", "valueFrom": f"{arn}:password::"}]
