"""The public entry: an application load balancer, its listeners, and a target group per public service."""

from collections.abc import Sequence

from environments import Environment
from environments.load_balancing import LOWEST_PRIORITY

from .access_logs import AccessLogs
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
    LbListenerRuleConditionHttpHeader,
    LbListenerRuleConditionPathPattern,
    LbTargetGroup,
    LbTargetGroupHealthCheck,
    SecurityGroup,
    TerraformResourceLifecycle,
    Vpc,
)
from .network import Network
from .origin_header import OriginHeader

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"


class LoadBalancer(Construct):
    """An internet-facing load balancer that sends each route to its service, and all else to the default one.

    With a certificate it serves HTTPS and redirects HTTP to it. By choice it answers the CDN alone: every rule demands
    the header that only the CDN sends, the default route is a rule too, and what is left gets 403. The environment
    decides the certificate, the routes, the health checks (in seconds), the deletion protection and the access logs.
    Changing a name or the VPC replaces a target group.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        environment: Environment,
        *,
        network: Network,
        security_group: SecurityGroup,
        access_logs: AccessLogs | None,
    ) -> None:
        super().__init__(scope, id_)
        self._environment = environment
        self._settings = environment.load_balancer
        self._prefix = environment.prefix

        self.origin_header = OriginHeader(self, "origin_header") if self._settings.cloudfront_only else None
        self.resource = self._load_balancer(network, security_group, access_logs)
        self.target_groups = {name: self._target_group(name, network.vpc) for name in environment.public_services}
        self._listener = self._listeners()
        self._rules = {name: self._rules_of(name) for name in environment.public_services}

    def forwarding_to(self, service: str) -> list[ITerraformDependable]:
        """Return what a public service waits for: ECS rejects a target group that no listener forwards to."""
        return [self._listener, *self._rules[service]]

    def url(self, service: str) -> str:
        """Return where users reach a service: below the domain, or below its own name without TLS."""
        settings = self._environment.public_services[service]
        by_domain = self._settings.certificate_arn or self._settings.cloudfront_only
        host = f"https://{self._environment.domain}" if by_domain else self._own_url
        first = "/" if settings.default_route else next(iter(settings.routes.values())).paths[0]
        return f"{host}{first.partition('*')[0].rstrip('/') or '/'}"

    @property
    def _own_url(self) -> str:
        return f"http://{self.resource.dns_name}"

    def _load_balancer(self, network: Network, security_group: SecurityGroup, access_logs: AccessLogs | None) -> Lb:
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
            drop_invalid_header_fields=self._settings.drop_invalid_header_fields or None,
            access_logs=self._access_logs(access_logs),
            tags={"Name": name, "Module": "compute"},
            depends_on=access_logs.grants if access_logs else None,
        )

    def _access_logs(self, access_logs: AccessLogs | None) -> LbAccessLogs:
        bucket = self._settings.access_logs_bucket or (access_logs and access_logs.resource.bucket)
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
        if self.origin_header:
            return _answer("403")
        for name, group in self.target_groups.items():
            if self._environment.public_services[name].default_route:
                return LbListenerDefaultAction(type="forward", target_group_arn=group.arn)
        # No service is public.
        return _answer("404")

    def _rules_of(self, service: str) -> list[LbListenerRule]:
        settings = self._environment.public_services[service]
        rules = [self._rule(service, name, route.priority, route.paths) for name, route in settings.routes.items()]
        if settings.default_route and self.origin_header:
            rules.append(self._rule(service, "default_route", LOWEST_PRIORITY))
        return rules

    def _rule(self, service: str, name: str, priority: int, paths: Sequence[str] = ()) -> LbListenerRule:
        return LbListenerRule(
            self,
            f"{service}_{name}",
            listener_arn=self._listener.arn,
            priority=priority,
            condition=[*_asked_for(paths), *self._from_the_cdn()],
            action=[LbListenerRuleAction(type="forward", target_group_arn=self.target_groups[service].arn)],
            tags={"Name": f"{self._prefix}-{service}-{name.replace('_', '-')}-rule", "Module": "compute"},
        )

    def _from_the_cdn(self) -> list[LbListenerRuleCondition]:
        if self.origin_header is None:
            return []
        header = LbListenerRuleConditionHttpHeader(
            http_header_name=self.origin_header.name, values=[self.origin_header.value]
        )
        return [LbListenerRuleCondition(http_header=header)]


def _asked_for(paths: Sequence[str]) -> list[LbListenerRuleCondition]:
    pattern = LbListenerRuleConditionPathPattern(values=list(paths))
    return [LbListenerRuleCondition(path_pattern=pattern)] if paths else []


def _answer(status_code: str) -> LbListenerDefaultAction:
    response = LbListenerDefaultActionFixedResponse(content_type="text/plain", status_code=status_code)
    return LbListenerDefaultAction(type="fixed-response", fixed_response=response)


def _redirect_to_https() -> LbListenerDefaultAction:
    return LbListenerDefaultAction(
        type="redirect",
        redirect=LbListenerDefaultActionRedirect(protocol="HTTPS", port="443", status_code="HTTP_301"),
    )
