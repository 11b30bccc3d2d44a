"""What an environment decides about ECS Exec."""

from typing import Literal

from pydantic import ConfigDict, Field

from environments.base import Boolean, Settings

RESERVED_KEYS = ("policy", "encrypted")


class ExecSettings(Settings):
    """Who may open a shell in which service's containers: a toggle per service, all off unless the environment says so.

    Every key but `policy` and `encrypted` is the name of a service. A switch rolls that service's tasks and touches no
    other's. `policy` is what the task roles get: `minimal` is four actions of ECS Exec; `managed` is AWS's
    AmazonSSMManagedInstanceCore, with which a container also reads every SSM parameter of the account. Changing it
    replaces the attachments. `encrypted` adds a KMS key for the sessions.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
    """

    # The names of the services are known to the environment alone, which checks them.
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Boolean] = Field(init=False)

    policy: Literal["managed", "minimal"] = "minimal"
    encrypted: Boolean = False

    @property
    def toggles(self) -> dict[str, bool]:
        """The services that have a toggle, and whether it is on."""
        return dict(self.__pydantic_extra__)

    @property
    def enabled(self) -> tuple[str, ...]:
        """The services switched on, in alphabetical order."""
        return tuple(sorted(name for name, on in self.toggles.items() if on))
