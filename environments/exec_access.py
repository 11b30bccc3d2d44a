"""What an environment decides about ECS Exec."""

from typing import Literal

from environments.base import Settings


class ExecSettings(Settings):
    """Who may open a shell in which service's containers: a toggle each, all off unless the environment says so.

    A switch rolls that service's tasks and touches no other's. `policy` is AWS's managed policy or the library's own
    of four actions; `encrypted` adds a KMS key for the sessions.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
    """

    backend: bool = False
    frontend: bool = False
    prometheus: bool = False
    policy: Literal["managed", "minimal"] = "managed"
    encrypted: bool = False

    @property
    def enabled(self) -> tuple[str, ...]:
        """The services switched on, always in the order backend, frontend, prometheus."""
        return tuple(name for name in ("backend", "frontend", "prometheus") if getattr(self, name))
