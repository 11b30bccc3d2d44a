"""Names that AWS limits, once environment and project are in them."""

from typing import NamedTuple

from environments.base import shown


class LimitedName(NamedTuple):
    """The longest name of a kind on this platform, and the most characters AWS takes for that kind."""

    kind: str
    template: str
    limit: int


# One row per kind: the longest name of the kind, because where it fits the others do.
LIMITED_NAMES = (
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
    LimitedName("target group name", "{name}-{project}-frontend-tg", 32),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    LimitedName("IAM role name", "{name}-{project}-ecs-task-execution-role", 64),
    # The provider appends 26 characters to make it unique:
    # https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/iam/role.go
    LimitedName("IAM role name_prefix", "{name}-{project}-prometheus-exec-", 38),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    LimitedName("bucket name", "{name}-{project}-prometheus-config", 63),
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    LimitedName("database identifier", "{project}-{name}-db", 63),
)


def too_long(name: str, project: str) -> list[str]:
    """Return a fault for each kind of name that would be longer than AWS allows."""
    faults = []
    for kind, template, limit in LIMITED_NAMES:
        full = template.format(name=name, project=project)
        room = limit - (len(full) - len(project))
        advice = f"choose a project of at most {room} characters" if room > 0 else "rename the file, it is too long"
        if len(full) > limit:
            faults.append(f"the {kind} {shown(full)} has {len(full)} characters of at most {limit}; {advice}")
    return faults
