"""Names and tags of live resources that no rule yields: the one table in which services have names.

AWS cannot change the name or the description of a security group in place: another one replaces the group. The tags are
what the owner searches for. What is not in here has the name that the rules make.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class GroupNames:
    """A security group's start of its name and its Name tag, both behind the prefix, its description and its tags."""

    name_prefix: str
    name_tag: str
    description: str
    tags: Mapping[str, str] = field(default_factory=dict)


def group_names(name: str) -> GroupNames:
    """Return what a security group is called: a live one as it is, any other by its name."""
    by_rule = GroupNames(f"{name}-sg-", f"{name}-sg", f"Security group of the service {name}", {"Tier": "private-app"})
    return _LIVE_GROUPS.get(name, by_rule)


_LIVE_GROUPS = {
    "alb": GroupNames(
        "alb-sg-",
        "alb-sg",
        "Security group for Application Load Balancer - allows HTTP/HTTPS from internet",
        {"Tier": "public"},
    ),
    "frontend": GroupNames(
        "app-frontend-sg-",
        "app-frontend-sg",
        "Security group for frontend containers - allows traffic from ALB only",
        {"Tier": "private-app"},
    ),
    "backend": GroupNames(
        "app-backend-sg-",
        "app-backend-sg",
        "Security group for backend containers - allows traffic from ALB and frontend",
        {"Tier": "private-app"},
    ),
    "database": GroupNames(
        "database-sg-",
        "database-sg",
        "Security group for RDS PostgreSQL database - allows traffic from backend only",
        {"Tier": "private-db"},
    ),
    "prometheus": GroupNames(
        "prometheus-sg-",
        "prometheus-sg",
        "Security group for Prometheus metrics collection - allows access to application metrics endpoints",
        {"Tier": "observability"},
    ),
    "efs": GroupNames("efs-", "efs-sg", "Security group for Prometheus EFS mount targets", {"Module": "observability"}),
}

LIVE_RULE_TAGS: Mapping[str, Mapping[str, str]] = {
    "prometheus_to_efs_egress": {"Name": "prometheus-to-efs-nfs", "Module": "observability"},
    "efs_from_prometheus_ingress": {"Name": "efs-nfs-from-prometheus", "Module": "observability"},
}
"""Tags of the live rules that are not named by the two groups."""
