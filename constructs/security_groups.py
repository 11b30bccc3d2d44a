"""Who may talk to whom: a security group for each service and each part of the platform, and the rules between them."""

from environments import Environment

from .bindings import (
    Construct,
    DataAwsEc2ManagedPrefixList,
    SecurityGroup,
    TerraformResourceLifecycle,
    Vpc,
    VpcSecurityGroupEgressRule,
    VpcSecurityGroupIngressRule,
)
from .live_names import LIVE_RULE_TAGS, group_names

LOAD_BALANCER, DATABASE, FILE_SYSTEM = "alb", "database", "efs"
ANYWHERE = "0.0.0.0/0"
HTTP, HTTPS, POSTGRES, NFS = 80, 443, 5432, 2049
CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"

# A live rule keeps its description.
_KEEP_DESCRIPTION = TerraformResourceLifecycle(ignore_changes=["description"])


class SecurityGroups(Construct):
    """The security groups and the TCP rules between them, which follow from what the services say.

    Users, or CloudFront alone, reach the load balancer, and it the public services; a service reaches what it connects
    to; a Prometheus what has metrics, and its file system. Every service reaches HTTPS anywhere. Each rule is a
    resource, so that adding one never touches another. Changing a name prefix or a description replaces a group.

    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """

    def __init__(self, scope: Construct, id_: str, environment: Environment, *, vpc: Vpc) -> None:
        super().__init__(scope, id_)
        self._vpc_id = vpc.id
        self._environment = environment

        names = [LOAD_BALANCER, DATABASE, *environment.services, *([FILE_SYSTEM] if environment.scrapers else [])]
        self.by_name = {name: self._group(name) for name in names}
        # Read once: each read goes to Node and back, and there are twice as many as rules.
        self._ids = {name: group.id for name, group in self.by_name.items()}
        self._open_load_balancer()
        for service in environment.services:
            self._egress(f"{service}_to_internet", service, HTTPS)
            self._connect(service)
            self._open(service)

    def _open_load_balancer(self) -> None:
        """Let everyone reach the load balancer or, by choice, only CloudFront, on the one port that it uses.

        Its list takes the room of 55 rules, and a group has 60: there is none for a second port.
        https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
        """
        settings = self._environment.load_balancer
        if settings.cloudfront_only:
            addresses = DataAwsEc2ManagedPrefixList(self, "cloudfront", name=CLOUDFRONT)
            port = HTTPS if settings.certificate_arn else HTTP
            self._ingress("alb_from_cloudfront", LOAD_BALANCER, port, prefix_list=addresses.id)
        else:
            self._ingress("alb_http", LOAD_BALANCER, HTTP)
            self._ingress("alb_https", LOAD_BALANCER, HTTPS)

    def _connect(self, service: str) -> None:
        """Let a service reach what it is connected to."""
        for other in self._environment.services[service].connects_to:
            self._between(service, other, self._port(other))
        if service in self._environment.scrapers:
            self._between(service, FILE_SYSTEM, NFS)

    def _open(self, service: str) -> None:
        """Let a service be reached by the load balancer and by what scrapes it."""
        settings = self._environment.services[service]
        if settings.is_public:
            self._between(LOAD_BALANCER, service, self._port(service))
        if settings.metrics_path:
            for scraper in self._environment.scrapers:
                self._between(scraper, service, self._port(service))

    def _port(self, name: str) -> int:
        return POSTGRES if name == DATABASE else self._environment.services[name].port or 0

    def _group(self, name: str) -> SecurityGroup:
        names = group_names(name)
        return SecurityGroup(
            self,
            name,
            name_prefix=f"{self._environment.prefix}-{names.name_prefix}",
            description=names.description,
            vpc_id=self._vpc_id,
            tags={"Name": f"{self._environment.prefix}-{names.name_tag}", **names.tags},
            lifecycle=TerraformResourceLifecycle(
                create_before_destroy=True,
                # The rules are separate resources; inline ones would fight with them.
                ignore_changes=["ingress", "egress"],
            ),
        )

    def _between(self, source: str, target: str, port: int) -> None:
        self._egress(f"{source}_to_{target}", source, port, target)
        self._ingress(f"{target}_from_{source}", target, port, source)

    def _ingress(
        self, id_: str, group: str, port: int, source: str | None = None, *, prefix_list: str | None = None
    ) -> None:
        """Let a group be reached on a port, from another group, from a list of addresses or from anywhere."""
        VpcSecurityGroupIngressRule(
            self,
            id_,
            security_group_id=self._ids[group],
            referenced_security_group_id=self._ids[source] if source else None,
            prefix_list_id=prefix_list,
            cidr_ipv4=None if source or prefix_list else ANYWHERE,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=f"{id_.replace('_', ' ')} on {port}",
            lifecycle=_KEEP_DESCRIPTION,
            tags=self._rule_tags(f"{id_}_ingress"),
        )

    def _egress(self, id_: str, group: str, port: int, target: str | None = None) -> None:
        """Let a group reach a port, of another group or, without one, anywhere."""
        VpcSecurityGroupEgressRule(
            self,
            id_,
            security_group_id=self._ids[group],
            referenced_security_group_id=self._ids[target] if target else None,
            cidr_ipv4=None if target else ANYWHERE,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=f"{id_.replace('_', ' ')} on {port}",
            lifecycle=_KEEP_DESCRIPTION,
            tags=self._rule_tags(f"{id_}_egress"),
        )

    def _rule_tags(self, id_: str) -> dict[str, str]:
        by_rule = {"Name": f"{self._environment.prefix}-{id_.replace('_', '-')}"}
        return dict(LIVE_RULE_TAGS.get(id_, by_rule))
