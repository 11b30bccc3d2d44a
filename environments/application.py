"""What an environment decides about an application: what it is follows from what its table says."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from environments.autoscaling import AutoscalingSettings
from environments.base import Boolean, FaultBelow, Port, WholeNumber, between, format_value, matching, raise_all
from environments.load_balancing import HealthCheckSettings, RouteSettings, UrlPath
from environments.placeholders import unknown_placeholders
from environments.task import TaskSettings
from environments.variables import DATABASE_VARIABLES, AlarmName, Argument, SecretArn, Text, VariableName
from environments.words import Word


def _one_kind_of_day(schedule: str) -> str:
    fields = schedule.removeprefix("cron(").split(" ")
    if schedule.startswith("cron") and (fields[2] == "?") == (fields[4] == "?"):
        raise ValueError(f"{format_value(schedule)} has not one ? for its day; write it for that of month or week")
    return schedule


# Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
Schedule = Annotated[
    str,
    matching(
        r"cron\([^\s()]+( [^\s()]+){5}\)|rate\([1-9]\d* (minute|hour|day)s?\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)",
        "a schedule",
        "give one such as cron(0 3 * * ? *), in UTC, rate(1 day) or at(2030-01-31T03:00:00)",
    ),
    AfterValidator(_one_kind_of_day),
]

# What only a service has that goes on running, and what only one has that listens.
_OF_SERVICES = ("port", "autoscaling", "desired_count", "circuit_breaker", "deployment_alarms")
_OF_LISTENERS = ("default_route", "routes", "health_check", "metrics_path")


class ApplicationSettings(TaskSettings):
    """A service: its image has no default, the environment decides it.

    With a `port` other services reach it; with `routes`, or as `default_route`, users do through the load balancer.
    Without a port it is a worker, which nothing can connect to. With a `schedule` it is a job: its task runs at these
    times, and no service keeps it running.

    `connects_to` names other services, and the `database`, whose address and credentials it gets as DB_* variables.
    `secrets` are variables whose values come from Secrets Manager or SSM Parameter Store. `metrics_path` is scraped by
    every Prometheus. `repository` is whether its image has a repository here. `deployed_by` is who moves it to new
    revisions: with `ci`, Terraform registers the first one and then leaves the service alone.

    The count is of tasks, up to AWS's quota per service. With `autoscaling` it is the initial one, and AWS changes it;
    without, the count is what it says. Both change in place.
    Source: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html

    `FARGATE_SPOT` is cheaper, but AWS may stop a task with two minutes' notice, and start none while it has no spare
    capacity. A change replaces the service, which is down meanwhile; not if the live service was moved first, by
    `aws ecs update-service --capacity-provider-strategy capacityProvider=FARGATE_SPOT,weight=1 --force-new-deployment`.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html

    `circuit_breaker` stops a deployment whose tasks do not come up and rolls it back, whoever deployed; the existing
    CloudWatch alarms named by `deployment_alarms` do so while one of them is on. A change of either restarts the tasks.
    To switch alarms off again write `deployment_alarms = []`: AWS keeps those that are not mentioned.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
    """

    # Order matters: a rule of a field sees what was validated above it.
    kind: Literal["application"] = "application"
    schedule: Schedule | None = None
    command: tuple[Argument, ...] = ()
    port: Port | None = None
    default_route: Boolean = False
    routes: dict[Word, RouteSettings] = Field(default_factory=dict)
    autoscaling: AutoscalingSettings | None = None
    desired_count: Annotated[WholeNumber, between(0, 5000, "a number of tasks ECS runs for a service")] = 2
    capacity_provider: Literal["FARGATE", "FARGATE_SPOT"] = "FARGATE"
    circuit_breaker: Boolean = False
    deployment_alarms: tuple[AlarmName, ...] | None = None
    deployed_by: Literal["ci", "terraform"] = "ci"
    repository: Boolean = True
    health_check: HealthCheckSettings = HealthCheckSettings()
    container_health_check: tuple[Argument, ...] = ()
    connects_to: tuple[str, ...] = ()
    metrics_path: UrlPath | None = None
    environment: dict[VariableName, Text] = Field(default_factory=dict)
    secrets: dict[VariableName, SecretArn] = Field(default_factory=dict)

    @property
    def is_public(self) -> bool:
        """Whether users reach it through the load balancer."""
        return self.default_route or bool(self.routes)

    @property
    def is_built_here(self) -> bool:
        """Whether its image has a repository of the platform's."""
        return self.repository

    @property
    def is_deployed_by_ci(self) -> bool:
        """Whether CI moves it to new revisions."""
        return self.deployed_by == "ci"

    @field_validator("desired_count")
    @classmethod
    def _within_autoscaling(cls, count: int, info: ValidationInfo) -> int:
        bounds = info.data.get("autoscaling")
        if bounds and not bounds.min_count <= count <= bounds.max_count:
            raise ValueError(
                f"{count} is outside the bounds of autoscaling; choose {bounds.min_count} to {bounds.max_count}"
            )
        return count

    @field_validator("container_health_check")
    @classmethod
    def _as_ecs_starts_it(cls, command: tuple[str, ...]) -> tuple[str, ...]:
        if command and (command[0] not in {"CMD", "CMD-SHELL"} or len(command) == 1):
            raise ValueError(
                f'{format_value(command[0])} does not start a health check; write ["CMD", "program", "argument"] '
                'or ["CMD-SHELL", "command line"]'
            )
        return command

    @model_validator(mode="after")
    def _what_goes_together(self) -> Self:
        raise_all(*self._misplaced(), *self._unreachable(), *self._variables_that_cannot_be())
        return self

    def _misplaced(self) -> Iterator[FaultBelow]:
        given = self.model_fields_set
        if self.schedule:
            for key in (*_OF_SERVICES, *_OF_LISTENERS):
                if key in given:
                    yield FaultBelow((key,), "a job has none, and schedule makes this one; remove either line")
        elif self.port is None:
            for key in _OF_LISTENERS:
                if key in given:
                    yield FaultBelow((key,), "a service without a port has none; add a line such as port = 3000")

    def _unreachable(self) -> Iterator[FaultBelow]:
        if self.is_public or self.port is None:
            return
        advice = "no route leads the load balancer to it; add routes, or default_route = true"
        if "health_check" in self.model_fields_set:
            yield FaultBelow(("health_check",), advice)
        if self.autoscaling and self.autoscaling.requests_per_target:
            yield FaultBelow(("autoscaling", "requests_per_target"), advice)

    def _variables_that_cannot_be(self) -> Iterator[FaultBelow]:
        taken = DATABASE_VARIABLES if "database" in self.connects_to else ()
        for table in ("environment", "secrets"):
            for name in getattr(self, table):
                if name in taken:
                    yield FaultBelow((table, name), "connects_to the database gives this variable; choose another name")
        for name in (name for name in self.secrets if name in self.environment):
            yield FaultBelow(("secrets", name), "environment has this variable too; keep one of the two")
        for name, value in self.environment.items():
            for fault in unknown_placeholders(value, port=self.port):
                yield FaultBelow(("environment", name), fault)
        if self.port is None and any("{port}" in argument for argument in self.container_health_check):
            yield FaultBelow(
                ("container_health_check",), "{port} has no value without a port; add a line such as port = 3000"
            )
