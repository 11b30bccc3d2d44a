"""The kind of service whose image, variables and routes its own table names."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from environments.application import ApplicationSettings
from environments.placeholders import fill
from environments.services import DATABASE

from ..bindings import IamRolePolicy, ITerraformDependable, Token
from ..iam import Statement, policy
from .container import Container, HealthCheck
from .roles import READ_SECRET
from .workload import Deployment, Workload

if TYPE_CHECKING:
    from .service import Service

# The parts of a secret's ARN; what follows chooses a key and a version of it.
SECRET_ARN_PARTS = 7


def application(service: "Service", settings: ApplicationSettings) -> Workload:
    """Return the workload of a service with one container, as its table has it."""
    execution_role = service.foundation.execution_role
    return Workload(
        containers=[_container(service, settings)],
        execution_role=execution_role.resource,
        waits_for=[
            *(service.foundation.load_balancer.forwarding_to(service.name) if settings.is_public else []),
            *execution_role.grants(database=DATABASE in settings.connects_to),
            *_may_read_secrets(service, settings),
            *_may_log_in(service, settings),
        ],
        deployment=Deployment(
            rollback=settings.circuit_breaker,
            alarms=_alarms(settings),
            by_ci=settings.is_deployed_by_ci,
            health_check_grace_period_seconds=60 if settings.is_public else None,
        ),
        spot=settings.capacity_provider == "FARGATE_SPOT",
    )


def _alarms(settings: ApplicationSettings) -> list[str] | None:
    names = settings.deployment_alarms
    return None if names is None else [fill(name, {}) for name in names]


def _container(service: "Service", settings: ApplicationSettings) -> Container:
    port = {"port": str(settings.port)} if settings.port else {}
    health_check = [fill(argument, port) for argument in settings.container_health_check]
    return Container(
        name=service.name,
        image=settings.image,
        log_driver=service.log_driver(service.name),
        command=[fill(argument, {}) for argument in settings.command],
        port=settings.port,
        environment=_variables(service, settings, port),
        secrets=_secrets(service, settings),
        health_check=HealthCheck(health_check) if health_check else None,
        init_process_enabled=service.execute_command,
    )


def _variables(service: "Service", settings: ApplicationSettings, port: Mapping[str, str]) -> dict[str, str]:
    environment = service.foundation.environment
    values = {
        "environment": environment.name,
        "namespace": environment.namespace,
        "load_balancer": service.foundation.load_balancer.resource.dns_name,
        **port,
    }
    variables = {name: fill(value, values) for name, value in settings.environment.items()}
    if DATABASE not in settings.connects_to:
        return variables
    instance = service.foundation.database.instance
    # As a string, because ECS takes no other value: the token of a number would lose its quotes inside JSON.
    port_of_database = Token.as_string(instance.port)
    variables |= {"DB_HOST": instance.address, "DB_PORT": port_of_database, "DB_NAME": instance.db_name}
    return variables | ({"DB_USERNAME": service.name} if _logs_in_by_iam(service, settings) else {})


def _secrets(service: "Service", settings: ApplicationSettings) -> dict[str, str]:
    if DATABASE not in settings.connects_to or _logs_in_by_iam(service, settings):
        return dict(settings.secrets)
    arn = service.foundation.database.secret_arn
    return {"DB_PASSWORD": f"{arn}:password::", "DB_USERNAME": f"{arn}:username::", **settings.secrets}


def _logs_in_by_iam(service: "Service", settings: ApplicationSettings) -> bool:
    return DATABASE in settings.connects_to and service.foundation.environment.database.iam_authentication


def _may_log_in(service: "Service", settings: ApplicationSettings) -> Iterator[ITerraformDependable]:
    """Let the service's own code log in to the database as the user of its name, by choice.

    The execution role goes on reading the master password: ECS restarts revisions that still need it.
    """
    if _logs_in_by_iam(service, settings):
        user = service.foundation.database.user_arn(service.name)
        yield IamRolePolicy(
            service,
            "database_login",
            name=f"{service.full_name}-database-login",
            role=service.task_role.id,
            policy=policy({"actions": ["rds-db:connect"], "resources": [user]}),
        )


def _may_read_secrets(service: "Service", settings: ApplicationSettings) -> Iterator[ITerraformDependable]:
    """Let ECS read each secret that the service names, and no other.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html
    """
    arns = sorted({":".join(arn.split(":")[:SECRET_ARN_PARTS]) for arn in settings.secrets.values()})
    statements: list[Statement] = [
        {"actions": [action], "resources": found}
        for action, of in ((READ_SECRET, ":secretsmanager:"), ("ssm:GetParameters", ":ssm:"))
        if (found := [arn for arn in arns if of in arn])
    ]
    if statements:
        yield IamRolePolicy(
            service,
            "secrets",
            name=f"{service.full_name}-secrets",
            role=service.foundation.execution_role.resource.id,
            policy=policy(*statements),
        )
