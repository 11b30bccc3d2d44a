"""Names that AWS limits, once environment, project and service are in them."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from environments.base import FaultBelow, format_value
from environments.services import ServiceSettings


class LimitedName(NamedTuple):
    """A name of the platform, and the most characters AWS takes for its kind."""

    kind: str
    template: str
    limit: int


# The limits of a kind are on the page above its first row. Where the longest name of a kind fits, the others do.
_SHARED = (
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
    LimitedName("load balancer name", "{name}-{project}-alb", 32),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    LimitedName("IAM role name", "{name}-{project}-ecs-task-execution-role", 64),
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    LimitedName("database identifier", "{project}-{name}-db", 63),
)
# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
_PUBLIC = LimitedName("target group name", "{name}-{project}-{service}-tg", 32)
_APPLICATION = LimitedName("IAM role name", "{name}-{project}-{service}-task-role", 64)
_LISTENER = LimitedName("DNS label", "{service}", 63)
_JOB = LimitedName("IAM role name", "{name}-{project}-{service}-scheduler-role", 64)
_PROMETHEUS = (
    # The provider appends 26 characters to make it unique:
    # https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/iam/role.go
    LimitedName("IAM role name_prefix", "{name}-{project}-{service}-exec-", 38),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    LimitedName("bucket name", "{name}-{project}-{service}-config", 63),
)


def too_long(name: str, project: str) -> list[str]:
    """Return a fault for each name, shared by all services, that would be longer than AWS allows."""
    faults = []
    for kind, template, limit in _SHARED:
        full = template.format(name=name, project=project)
        room = limit - (len(full) - len(project))
        advice = f"choose a project of at most {room} characters" if room > 0 else "rename the file, it is too long"
        if len(full) > limit:
            faults.append(f"{_too_long(kind, full, limit)}; {advice}")
    return faults


def too_long_of_services(name: str, project: str, services: Mapping[str, ServiceSettings]) -> Iterator[FaultBelow]:
    """Return a fault for each name made of a service's that would be longer than AWS allows."""
    for service, settings in services.items():
        for kind, template, limit in _names_of(settings):
            full = template.format(name=name, project=project, service=service)
            if len(full) > limit:
                advice = _shorter(len(full) - limit, service, project if "{project}" in template else "")
                yield FaultBelow((service,), f"{_too_long(kind, full, limit)}; {advice}")


def _names_of(settings: ServiceSettings) -> Iterator[LimitedName]:
    if settings.kind == "prometheus":
        yield from _PROMETHEUS
    else:
        yield _APPLICATION
    if settings.is_public:
        yield _PUBLIC
    if settings.port:
        yield _LISTENER
    if settings.schedule:
        yield _JOB


def _too_long(kind: str, full: str, limit: int) -> str:
    return f"the {kind} {format_value(full)} has {len(full)} characters of at most {limit}"


def _shorter(excess: int, service: str, project: str) -> str:
    choices = [
        f"a {noun} of at most {len(value) - excess} characters"
        for noun, value in (("name", service), ("project", project))
        if len(value) > excess
    ]
    return f"choose {' or '.join(choices)}" if choices else "choose a shorter name and a shorter project"
