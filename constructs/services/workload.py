"""What a kind of service contributes to a service: its containers, and how ECS runs them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..bindings import EcsTaskDefinitionVolume, IamRole, ITerraformDependable
from .container import Container


@dataclass(frozen=True)
class Deployment:
    """How ECS replaces tasks: how few and how many may run meanwhile, in percent of the desired count.

    With ``rollback``, a deployment whose tasks do not come up is stopped and the last good one restored; so it is while
    one of the ``alarms`` is on. None leaves the alarms as AWS has them, an empty list switches them off. ``by_ci`` says
    that revisions are deployed outside Terraform, which then leaves the service at the one that it has.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
    """

    minimum_healthy_percent: int = 100
    maximum_percent: int = 200
    rollback: bool = False
    alarms: Sequence[str] | None = None
    by_ci: bool = False


@dataclass(frozen=True)
class Workload:
    """The parts of a service that its kind decides; ``waits_for`` is what its tasks need before they start.

    ``outputs`` are published behind the service's name.
    """

    containers: Sequence[Container]
    execution_role: IamRole
    waits_for: Sequence[ITerraformDependable]
    deployment: Deployment
    volumes: Sequence[EcsTaskDefinitionVolume] = ()
    spot: bool = False
    outputs: Mapping[str, object] = field(default_factory=dict)
