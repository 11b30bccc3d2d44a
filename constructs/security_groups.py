"""Who may talk to whom: a security group for each part of the platform, and the rules between them."""

from dataclasses import dataclass

from constructs import Construct

from .bindings import (
    SecurityGroup,
    TerraformResourceLifecycle,
    Vpc,
    VpcSecurityGroupEgressRule,
    VpcSecurityGroupIngressRule,
)

ANYWHERE = "0.0.0.0/0"
HTTP, HTTPS, POSTGRES, NFS, PROMETHEUS = 80, 443, 5432, 2049, 9090


@dataclass(frozen=True)
class _Group:
    """What AWS cannot change in place of a live group, and its tags."""

    name: str
    name_tag: str
    description: str
    tags: dict[str, str]


_ALB = _Group(
    "alb-sg-",
    "alb-sg",
    "Security group for Application Load Balancer - allows HTTP/HTTPS from internet",
    {"Tier": "public"},
)
_FRONTEND = _Group(
    "app-frontend-sg-",
    "app-frontend-sg",
    "Security group for frontend containers - allows traffic from ALB only",
    {"Tier": "private-app"},
)
_BACKEND = _Group(
    "app-backend-sg-",
    "app-backend-sg",
    "Security group for backend containers - allows traffic from ALB and frontend",
    {"Tier": "private-app"},
)
_DATABASE = _Group(
    "database-sg-",
    "database-sg",
    "Security group for RDS PostgreSQL database - allows traffic from backend only",
    {"Tier": "private-db"},
)
_PROMETHEUS = _Group(
    "prometheus-sg-",
    "prometheus-sg",
    "Security group for Prometheus metrics collection - allows access to application metrics endpoints",
    {"Tier": "observability"},
)
_EFS = _Group("efs-", "efs-sg", "Security group for Prometheus EFS mount targets", {"Module": "observability"})

# The live rules between Prometheus and EFS are named otherwise than all others.
_LIVE_NAME_TAGS = {
    "prometheus_to_efs_egress": "prometheus-to-efs-nfs",
    "efs_from_prometheus_ingress": "efs-nfs-from-prometheus",
}

# A live rule keeps the description that it has.
_KEEP_DESCRIPTION = TerraformResourceLifecycle(ignore_changes=["description"])


class SecurityGroups(Construct):
    """The security groups and the TCP rules between them; the environment decides the two application ports.

    Every rule is a resource of its own, so that adding one never touches another. Another name prefix or description
    replaces a group.

    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """

    def __init__(
        self, scope: Construct, id_: str, *, vpc: Vpc, prefix: str, backend_port: int, frontend_port: int
    ) -> None:
        super().__init__(scope, id_)
        self._vpc = vpc
        self._prefix = prefix

        self.alb = self._group("alb", _ALB)
        self.frontend = self._group("frontend", _FRONTEND)
        self.backend = self._group("backend", _BACKEND)
        self.database = self._group("database", _DATABASE)
        self.prometheus = self._group("prometheus", _PROMETHEUS)
        self.efs = self._group("efs", _EFS)

        self._ingress("alb_http", self.alb, HTTP)
        self._ingress("alb_https", self.alb, HTTPS)
        self._between("alb", self.alb, "frontend", self.frontend, frontend_port)
        self._between("alb", self.alb, "backend", self.backend, backend_port)
        self._between("frontend", self.frontend, "backend", self.backend, backend_port)
        self._between("backend", self.backend, "database", self.database, POSTGRES)
        self._between("backend", self.backend, "prometheus", self.prometheus, PROMETHEUS)
        self._between("prometheus", self.prometheus, "backend", self.backend, backend_port)
        self._between("prometheus", self.prometheus, "frontend", self.frontend, frontend_port)
        self._between("prometheus", self.prometheus, "efs", self.efs, NFS)
        self._egress("frontend_to_internet", self.frontend, HTTPS)
        self._egress("backend_to_internet", self.backend, HTTPS)
        self._egress("prometheus_to_internet", self.prometheus, HTTPS)

    def _group(self, id_: str, group: _Group) -> SecurityGroup:
        return SecurityGroup(
            self,
            id_,
            name_prefix=f"{self._prefix}-{group.name}",
            description=group.description,
            vpc_id=self._vpc.id,
            tags={"Name": f"{self._prefix}-{group.name_tag}", **group.tags},
            lifecycle=TerraformResourceLifecycle(
                create_before_destroy=True,
                # The rules are resources of their own; inline ones would fight with them.
                ignore_changes=["ingress", "egress"],
            ),
        )

    def _between(
        self, source_name: str, source: SecurityGroup, target_name: str, target: SecurityGroup, port: int
    ) -> None:
        self._egress(f"{source_name}_to_{target_name}", source, port, target)
        self._ingress(f"{target_name}_from_{source_name}", target, port, source)

    def _ingress(self, id_: str, group: SecurityGroup, port: int, source: SecurityGroup | None = None) -> None:
        """Let a group be reached on a port, from another group or else from anywhere."""
        VpcSecurityGroupIngressRule(
            self,
            id_,
            security_group_id=group.id,
            referenced_security_group_id=source.id if source else None,
            cidr_ipv4=None if source else ANYWHERE,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=f"{id_.replace('_', ' ')} on {port}",
            lifecycle=_KEEP_DESCRIPTION,
            tags=self._rule_tags(f"{id_}_ingress"),
        )

    def _egress(self, id_: str, group: SecurityGroup, port: int, target: SecurityGroup | None = None) -> None:
        """Let a group reach a port, of another group or else anywhere."""
        VpcSecurityGroupEgressRule(
            self,
            id_,
            security_group_id=group.id,
            referenced_security_group_id=target.id if target else None,
            cidr_ipv4=None if target else ANYWHERE,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=f"{id_.replace('_', ' ')} on {port}",
            lifecycle=_KEEP_DESCRIPTION,
            tags=self._rule_tags(f"{id_}_egress"),
        )

    def _rule_tags(self, id_: str) -> dict[str, str]:
        if id_ in _LIVE_NAME_TAGS:
            return {"Name": _LIVE_NAME_TAGS[id_], "Module": "observability"}
        return {"Name": f"{self._prefix}-{id_.replace('_', '-')}"}
