"""The public entry: an application load balancer, its listeners, and a target group per public service."""

from environments import Environment

from .bindings import (
    Construct,
    ITerraformDependable,
    Lb,
    LbAccessLogs,
    LbListener,
    LbListenerDefaultAction,
    LbListenerDefaultActionFixedResponse,
    LbListenerDefaultActionRedirect,
    LbListenerRule,
    LbListenerRuleAction,
    LbListenerRuleCondition,
    LbListenerRuleConditionPathPattern,
    LbTargetGroup,
    LbTargetGroupHealthCheck,
    SecurityGroup,
    TerraformResourceLifecycle,
    Vpc,
)
from .network import Network

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"


class LoadBalancer(Construct):
    """An internet-facing load balancer that sends each route to its service, and all else to the default one.

    With a certificate it serves HTTPS and redirects HTTP to it. The environment decides the certificate, the routes,
    the health checks (in seconds), the deletion protection and the bucket of the access logs. Changing a name or the
    VPC replaces a target group.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html
    """

    def __init__(
        self, scope: Construct, id_: str, environment: Environment, *, network: Network, security_group: SecurityGroup
    ) -> None:
        super().__init__(scope, id_)
        self._environment = environment
        self._settings = environment.load_balancer
        self._prefix = environment.prefix

        self.resource = self._load_balancer(network, security_group)
        self.target_groups = {name: self._target_group(name, network.vpc) for name in environment.public_services}
        self._listener = self._listeners()
        self._rules = {name: self._rules_of(name) for name in environment.public_services}

    def forwarding_to(self, service: str) -> list[ITerraformDependable]:
        """Return what a public service waits for: ECS rejects a target group that no listener forwards to."""
        return [self._listener, *self._rules[service]]

    def url(self, service: str) -> str:
        """Return where users reach a service: below the certificate's domain, or below its own name without TLS."""
        settings = self._environment.public_services[service]
        host = f"https://{self._environment.domain}" if self._settings.certificate_arn else self._own_url
        first = "/" if settings.default_route else next(iter(settings.routes.values())).paths[0]
        return f"{host}{first.partition('*')[0].rstrip('/') or '/'}"

    @property
    def _own_url(self) -> str:
        return f"http://{self.resource.dns_name}"

    def _load_balancer(self, network: Network, security_group: SecurityGroup) -> Lb:
        name = f"{self._prefix}-alb"
        return Lb(
            self,
            "lb",
            name=name,
            internal=False,
            load_balancer_type="application",
            security_groups=[security_group.id],
            subnets=[subnet.id for subnet in network.public_subnets],
            idle_timeout=60,
            enable_deletion_protection=self._settings.deletion_protection,
            access_logs=self._access_logs(),
            tags={"Name": name, "Module": "compute"},
        )

    def _access_logs(self) -> LbAccessLogs:
        bucket = self._settings.access_logs_bucket
        # The provider takes a missing block for an unchanged one: logs that were on would stay on.
        return LbAccessLogs(enabled=bool(bucket), bucket=bucket or "")

    def _target_group(self, service: str, vpc: Vpc) -> LbTargetGroup:
        name = f"{self._prefix}-{service}-tg"
        settings = self._environment.public_services[service]
        return LbTargetGroup(
            self,
            service,
            name=name,
            port=settings.port,
            protocol="HTTP",
            target_type="ip",
            vpc_id=vpc.id,
            deregistration_delay="30",
            health_check=LbTargetGroupHealthCheck(
                enabled=True,
                path=settings.health_check.path,
                protocol="HTTP",
                matcher="200-299",
                interval=settings.health_check.interval_seconds,
                timeout=settings.health_check.timeout_seconds,
                healthy_threshold=2,
                unhealthy_threshold=3,
            ),
            tags={"Name": name, "Application": service, "Module": "compute"},
            # Tasks are registered with their own port; changing it here would only replace a group that is in use.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["port"]),
        )

    def _listeners(self) -> LbListener:
        """Define the listeners and return the one that serves: HTTPS with a certificate, otherwise HTTP."""
        if self._settings.certificate_arn is None:
            return self._http_listener(self._default_action())
        self._http_listener(_redirect_to_https())
        return LbListener(
            self,
            "https",
            load_balancer_arn=self.resource.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=self._settings.certificate_arn,
            default_action=[self._default_action()],
            tags={"Name": f"{self._prefix}-alb-https-listener", "Module": "compute"},
        )

    def _http_listener(self, action: LbListenerDefaultAction) -> LbListener:
        return LbListener(
            self,
            "http",
            load_balancer_arn=self.resource.arn,
            port=80,
            protocol="HTTP",
            default_action=[action],
            tags={"Name": f"{self._prefix}-alb-http-listener", "Module": "compute"},
        )

    def _default_action(self) -> LbListenerDefaultAction:
        for name, group in self.target_groups.items():
            if self._environment.public_services[name].default_route:
                return LbListenerDefaultAction(type="forward", target_group_arn=group.arn)
        # No service is public.
        not_found = LbListenerDefaultActionFixedResponse(content_type="text/plain", status_code="404")
        return LbListenerDefaultAction(type="fixed-response", fixed_response=not_found)

    def _rules_of(self, service: str) -> list[LbListenerRule]:
        return [
            LbListenerRule(
                self,
                f"{service}_{name}",
                listener_arn=self._listener.arn,
                priority=route.priority,
                condition=[
                    LbListenerRuleCondition(path_pattern=LbListenerRuleConditionPathPattern(values=list(route.paths)))
                ],
                action=[LbListenerRuleAction(type="forward", target_group_arn=self.target_groups[service].arn)],
                tags={"Name": f"{self._prefix}-{service}-{name}-rule", "Module": "compute"},
            )
            for name, route in self._environment.public_services[service].routes.items()
        ]


def _redirect_to_https() -> LbListenerDefaultAction:
    return LbListenerDefaultAction(
        type="redirect",
        redirect=LbListenerDefaultActionRedirect(protocol="HTTPS", port="443", status_code="HTTP_301"),
    )
