"""The public entry: an application load balancer, its listeners and its target groups."""

from collections.abc import Sequence

from constructs import Construct

from environments.load_balancer import LoadBalancerSettings
from environments.service import ServiceSettings, ServicesSettings

from ..bindings import (
    ITerraformDependable,
    Lb,
    LbAccessLogs,
    LbListener,
    LbListenerDefaultAction,
    LbListenerDefaultActionRedirect,
    LbListenerRule,
    LbListenerRuleAction,
    LbListenerRuleCondition,
    LbListenerRuleConditionPathPattern,
    LbTargetGroup,
    LbTargetGroupHealthCheck,
    SecurityGroup,
    Subnet,
    TerraformResourceLifecycle,
    Vpc,
)

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
API_PATH = "/api/*"


class LoadBalancer(Construct):
    """An internet-facing load balancer that sends ``/api/*`` to the backend and all else to the frontend.

    With a certificate it serves HTTPS and redirects HTTP to it. The environment decides the certificate, the health
    checks (in seconds), the deletion protection and the bucket of the access logs. Another name or VPC replaces a
    target group.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: LoadBalancerSettings,
        services: ServicesSettings,
        prefix: str,
        vpc: Vpc,
        subnets: Sequence[Subnet],
        security_group: SecurityGroup,
    ) -> None:
        super().__init__(scope, id_)
        self._settings = settings
        self._prefix = prefix

        self.resource = self._load_balancer(subnets, security_group)
        self.frontend = self._target_group("frontend", services.frontend, vpc)
        self.backend = self._target_group("backend", services.backend, vpc)
        public_listener = self._listeners()
        rule = self._backend_rule(public_listener)
        # A target group is of no use to a service before a listener forwards to it: ECS refuses it.
        self.routes: list[ITerraformDependable] = [public_listener, rule]

    def url(self, domain: str) -> str:
        """Return where users reach it: the domain that its certificate is for, else its own name without TLS."""
        return f"https://{domain}" if self._settings.certificate_arn else f"http://{self.resource.dns_name}"

    def _load_balancer(self, subnets: Sequence[Subnet], security_group: SecurityGroup) -> Lb:
        name = f"{self._prefix}-alb"
        return Lb(
            self,
            "lb",
            name=name,
            internal=False,
            load_balancer_type="application",
            security_groups=[security_group.id],
            subnets=[subnet.id for subnet in subnets],
            idle_timeout=60,
            enable_deletion_protection=self._settings.deletion_protection,
            access_logs=self._access_logs(),
            tags={"Name": name, "Module": "compute"},
        )

    def _access_logs(self) -> LbAccessLogs:
        bucket = self._settings.access_logs_bucket
        # The provider takes a block that is left out for one that is as before: logs once on would stay on.
        return LbAccessLogs(enabled=bool(bucket), bucket=bucket or "")

    def _target_group(self, service: str, settings: ServiceSettings, vpc: Vpc) -> LbTargetGroup:
        name = f"{self._prefix}-{service}-tg"
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
            # Tasks are registered with their own port; another one here would only replace a group that is in use.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["port"]),
        )

    def _listeners(self) -> LbListener:
        """Define the listeners and return the one that serves: HTTPS with a certificate, else HTTP."""
        forward = LbListenerDefaultAction(type="forward", target_group_arn=self.frontend.arn)
        if self._settings.certificate_arn is None:
            return self._http_listener(forward)
        self._http_listener(_redirect_to_https())
        return LbListener(
            self,
            "https",
            load_balancer_arn=self.resource.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=self._settings.certificate_arn,
            default_action=[forward],
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

    def _backend_rule(self, listener: LbListener) -> LbListenerRule:
        return LbListenerRule(
            self,
            "backend_api",
            listener_arn=listener.arn,
            priority=100,
            condition=[LbListenerRuleCondition(path_pattern=LbListenerRuleConditionPathPattern(values=[API_PATH]))],
            action=[LbListenerRuleAction(type="forward", target_group_arn=self.backend.arn)],
            tags={"Name": f"{self._prefix}-backend-api-rule", "Module": "compute"},
        )


def _redirect_to_https() -> LbListenerDefaultAction:
    return LbListenerDefaultAction(
        type="redirect",
        redirect=LbListenerDefaultActionRedirect(protocol="HTTPS", port="443", status_code="HTTP_301"),
    )
