"""What an environment decides about its two application services."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from environments.autoscaling import AutoscalingSettings
from environments.base import Port, Settings, WholeNumber, between, decided, matching
from environments.task import TaskSettings

UrlPath = Annotated[
    str,
    matching(r"/[!-~]{0,1023}", "a path", "start it with /, without spaces, up to 1024 characters"),
    # A URL has no braces but encoded ones, and Terraform would read ${…} as an expression of its own.
    matching(r"[^{}]*", "a path of a URL", "write { as %7B and } as %7D"),
]


class HealthCheckSettings(Settings):
    """How the load balancer asks a service for its health; the interval and the timeout are in seconds.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    """

    path: UrlPath = Field(examples=["/health"])
    interval_seconds: Annotated[WholeNumber, between(5, 300, "an interval in seconds")] = 30
    timeout_seconds: Annotated[WholeNumber, between(2, 120, "a timeout in seconds")] = 5

    @field_validator("timeout_seconds")
    @classmethod
    def _below_the_interval(cls, timeout: int, info: ValidationInfo) -> int:
        interval = info.data.get("interval_seconds", timeout + 1)
        if timeout >= interval:
            raise ValueError(f"{timeout} is not below interval_seconds, {interval}; choose {interval - 1} or less")
        return timeout


class BackendHealthCheckSettings(HealthCheckSettings):
    """The backend's health check."""

    path: UrlPath = "/api/health"


class FrontendHealthCheckSettings(HealthCheckSettings):
    """The frontend's health check."""

    path: UrlPath = "/health"


class ServiceSettings(TaskSettings):
    """A service behind the load balancer: its image has no default, the environment decides it.

    The count is of tasks, up to AWS's quota per service. With `autoscaling` it is where the service starts, and AWS
    moves it from there; without, the count is what it says. Both change in place.
    Source: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html

    `FARGATE_SPOT` is cheaper, but AWS may stop a task with two minutes' notice, and start none while it has no spare
    capacity. A change replaces the service, which is away meanwhile; not where the live service was moved first, by
    `aws ecs update-service --capacity-provider-strategy capacityProvider=FARGATE_SPOT,weight=1 --force-new-deployment`.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html

    `circuit_breaker` stops a deployment whose tasks do not come up and rolls it back, whoever deployed. A change of it
    restarts the tasks once.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
    """

    port: Port
    # Above the count, whose rule asks for it.
    autoscaling: AutoscalingSettings | None = None
    desired_count: Annotated[WholeNumber, between(0, 5000, "a number of tasks ECS runs for a service")] = 2
    capacity_provider: Literal["FARGATE", "FARGATE_SPOT"] = "FARGATE"
    circuit_breaker: bool = False
    health_check: HealthCheckSettings

    @field_validator("desired_count")
    @classmethod
    def _within_autoscaling(cls, count: int, info: ValidationInfo) -> int:
        bounds = info.data.get("autoscaling")
        if bounds and not bounds.min_count <= count <= bounds.max_count:
            raise ValueError(
                f"{count} is outside the bounds of autoscaling; choose {bounds.min_count} to {bounds.max_count}"
            )
        return count


class BackendSettings(ServiceSettings):
    """The backend."""

    port: Port = 3001
    health_check: BackendHealthCheckSettings = BackendHealthCheckSettings()

    @field_validator("port")
    @classmethod
    def _told_to_the_frontend(cls, port: int, info: ValidationInfo) -> int:
        decided(info)["backend_port"] = port
        return port


class FrontendSettings(ServiceSettings):
    """The frontend."""

    port: Port = 3000
    health_check: FrontendHealthCheckSettings = FrontendHealthCheckSettings()

    @field_validator("port")
    @classmethod
    def _not_the_backends(cls, port: int, info: ValidationInfo) -> int:
        if port == decided(info).get("backend_port"):
            raise ValueError(f"{port} is the backend's port too; choose another, the default is 3000")
        return port


class ServicesSettings(Settings):
    """The services behind the load balancer, by name."""

    backend: BackendSettings
    frontend: FrontendSettings
