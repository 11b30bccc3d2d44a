"""Container definitions, as ECS reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..bindings import CloudwatchLogGroup


@dataclass(frozen=True)
class HealthCheck:
    """A command that ECS runs in a container: 30 s apart, 5 s long at most, 3 times, not in the first 60 s."""

    command: Sequence[str]
    interval_seconds: int = 30
    timeout_seconds: int = 5
    retries: int = 3
    start_period_seconds: int = 60

    def render(self) -> dict[str, Any]:
        """Return the definition as ECS spells it."""
        return {
            "command": list(self.command),
            "interval": self.interval_seconds,
            "timeout": self.timeout_seconds,
            "retries": self.retries,
            "startPeriod": self.start_period_seconds,
        }


@dataclass(frozen=True)
class LogDriver:
    """The awslogs driver: where a container's output goes, and how its streams' names begin."""

    log_group: CloudwatchLogGroup
    stream_prefix: str
    region: str

    def render(self) -> dict[str, Any]:
        """Return the definition as ECS spells it."""
        options = {
            "awslogs-group": self.log_group.name,
            "awslogs-region": self.region,
            "awslogs-stream-prefix": self.stream_prefix,
        }
        return {"logDriver": "awslogs", "options": options}


@dataclass(frozen=True)
class Container:
    """One container of a task definition; what is left at its default is left out of the definition.

    ``secrets`` name environment variables and the ARNs their values come from; ``mounts`` name volumes and the paths
    they appear at; ``starts_after`` names containers and how far they must have come.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definitions
    """

    name: str
    image: str
    log_driver: LogDriver
    essential: bool = True
    user: str | None = None
    entry_point: Sequence[str] = ()
    command: Sequence[str] = ()
    port: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    mounts: Mapping[str, str] = field(default_factory=dict)
    starts_after: Mapping[str, Literal["START", "SUCCESS", "COMPLETE", "HEALTHY"]] = field(default_factory=dict)
    health_check: HealthCheck | None = None
    init_process_enabled: bool = False

    def render(self) -> dict[str, Any]:
        """Return the definition as ECS spells it."""
        definition = {
            "name": self.name,
            "image": self.image,
            "essential": self.essential,
            "user": self.user,
            "entryPoint": list(self.entry_point),
            "command": list(self.command),
            "portMappings": self._port_mappings(),
            "environment": _pairs("name", "value", self.environment),
            "secrets": _pairs("name", "valueFrom", self.secrets),
            "mountPoints": _pairs("sourceVolume", "containerPath", self.mounts),
            "dependsOn": _pairs("containerName", "condition", self.starts_after),
            "healthCheck": self.health_check.render() if self.health_check else None,
            "linuxParameters": {"initProcessEnabled": True} if self.init_process_enabled else None,
            "logConfiguration": self.log_driver.render(),
        }
        return {key: value for key, value in definition.items() if value not in (None, [])}

    def _port_mappings(self) -> list[dict[str, Any]]:
        if self.port is None:
            return []
        return [{"containerPort": self.port, "hostPort": self.port, "protocol": "tcp"}]


def _pairs(key_name: str, value_name: str, values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{key_name: key, value_name: value} for key, value in values.items()]
