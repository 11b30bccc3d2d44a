"""What an environment decides about ECS Exec."""

from typing import Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from environments.base import Boolean, Settings
from environments.tags import PrincipalTagKey, TagValue


class ExecSettings(Settings):
    """Who may open a shell in which service's containers: a toggle per service, all off unless the environment says so.

    Every key but those below is the name of a service. A switch rolls that service's tasks and touches no other's.
    `policy` is what the task roles get: `minimal` is four actions of ECS Exec; `managed` is AWS's
    AmazonSSMManagedInstanceCore, with which a container also reads every SSM parameter of the account. Changing it
    replaces the attachments. `encrypted` adds a KMS key for the sessions and their log.

    `operator_policy` makes a policy that allows sessions in the services that are on, for you to attach to people;
    with `operator_tags` it holds for principals that have all of these tags. Both change in place.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
    """

    # The names of the services are known to the environment alone, which checks them.
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Boolean] = Field(init=False)

    policy: Literal["managed", "minimal"] = "minimal"
    encrypted: Boolean = False
    operator_policy: Boolean = False
    operator_tags: dict[PrincipalTagKey, TagValue] = Field(default_factory=dict)

    @property
    def toggles(self) -> dict[str, bool]:
        """The services that have a toggle, and whether it is on."""
        return dict(self.__pydantic_extra__)

    @property
    def enabled(self) -> tuple[str, ...]:
        """The services switched on, in alphabetical order."""
        return tuple(sorted(name for name, on in self.toggles.items() if on))

    @field_validator("operator_tags")
    @classmethod
    def _of_a_policy(cls, tags: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        if tags and info.data.get("operator_policy") is False:
            raise ValueError("there is no policy to narrow; add operator_policy = true, or remove it")
        return tags


RESERVED_KEYS = tuple(ExecSettings.model_fields)
"""The keys that are not names of services."""
