"""Every setting of an environment shows in the JSON: one is changed, and its row says where it must be seen."""

from collections.abc import Iterator
from typing import Any

import pytest

from environments import Environment, load
from environments.exec_access import Toggle
from environments.schema import sections_of, values_of
from rules import rule
from rules.check import report_on
from rules.configuration import Configuration
from tests.unit.stack_json import Stack, Synth

ABSENT = object()
TARGET_VALUE = "target_tracking_scaling_policy_configuration.target_value"
CERTIFICATE = "arn:aws:acm:eu-west-1:999999999999:certificate/12345678-1234-1234-1234-123456789012"
WEB_ACL = "arn:aws:wafv2:us-east-1:999999999999:global/webacl/app/12345678-1234-1234-1234-123456789012"
SECURITY_HEADERS = "${data.aws_cloudfront_response_headers_policy.cdn_security_headers.id}"

MAY_EXEC = "aws_iam_policy.exec_operator.policy.Statement[3]"

TOPIC = "arn:aws:sns:eu-west-1:999999999999:ops"

TRUST = "aws_iam_role.delivery.assume_role_policy.Statement[0].Condition.StringEquals"
SUBJECT = f"{TRUST}.token.actions.githubusercontent.com:sub"

ORIGIN = "aws_cloudfront_distribution.cdn.origin[0]"
CONTAINER = "aws_ecs_task_definition.backend.container_definitions[0]"
TO_BACKEND = "${aws_lb_target_group.load_balancer_backend.arn}"
SECRET = "arn:aws:ssm:eu-west-1:999999999999:parameter/token"  # noqa: S105 - the address of one


class Containing:
    """A text with another one in it."""

    def __init__(self, part: str) -> None:
        self.part = part

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and self.part in other

    __hash__ = None  # type: ignore[assignment]


METRICS = Containing("metrics_path: /m\n")

# What the placeholders of settings stand for here, and what must change with a setting for it to be valid.
PLACES = {"<application>": "backend", "<prometheus>": "prometheus", "<service>": "backend", "<name>": "api"}
VARIABLES = {
    "tags": "DEV__TAGS__CostCenter",
    "exec.operator_tags": "DEV__EXEC__OPERATOR_TAGS__Team",
    "services.<application>.schedule": "DEV__SERVICES__NIGHTLY",
    "services.<application>.environment": "DEV__SERVICES__BACKEND__ENVIRONMENT__LOG_LEVEL",
    "services.<application>.secrets": "DEV__SERVICES__BACKEND__SECRETS__TOKEN",
}
BESIDE = {
    "DEV__SERVICES__FRONTEND__DEFAULT_ROUTE": "false",
    "DEV__SERVICES__FRONTEND__ROUTES": '{ pages = { paths = ["/*"], priority = 50 } }',
}

# There can be one of these only: every setting is changed without the second, and the second without the first.
FIRST, SECOND = "alarms.topic_arn", "alarms.email"

# Each setting's changed value, as an override writes it, and the paths that must then have these values. All are
# changed at once and no two alike, so that a value in another setting's place is seen.
ROWS: dict[str, tuple[str, dict[str, object]]] = {
    "project": (
        "acme",
        {"aws_vpc.network.tags.Name": "dev-acme-vpc", "aws_db_instance.database.identifier": "acme-dev-db"},
    ),
    "region": ("eu-west-1", {"provider.aws[0].region": "eu-west-1", "output.region.value": "eu-west-1"}),
    "account_id": (
        "999999999999",
        {f"provider.aws[{index}].allowed_account_ids[0]": "999999999999" for index in (0, 1)},
    ),
    "domain": (
        "acme.org",
        {
            "output.frontend_url.value": "https://acme.org/",
            "aws_acm_certificate.cdn.domain_name": "acme.org",
            "aws_cloudfront_distribution.cdn.aliases[1]": "www.acme.org",
        },
    ),
    "namespace": (
        "acme.internal",
        {
            "aws_service_discovery_private_dns_namespace.service_discovery.name": "acme.internal",
            "output.backend_dns_name.value": "backend.acme.internal",
        },
    ),
    "tags": ("42", {f"provider.aws[{index}].default_tags[0].tags.CostCenter": "42" for index in (0, 1)}),
    "log_retention_days": (
        "30",
        {f"aws_cloudwatch_log_group.{name}.retention_in_days": 30 for name in ("backend", "frontend", "prometheus")},
    ),
    "access_logs": ("true", {"aws_s3_bucket.access_logs.bucket": "dev-acme-access-logs"}),
    "network.cidr": ("10.8.0.0/16", {"aws_vpc.network.cidr_block": "10.8.0.0/16"}),
    "network.zones": (
        '["eu-west-1b", "eu-west-1c"]',
        {
            "aws_subnet.network_public_1.availability_zone": "eu-west-1b",
            "aws_subnet.network_private_db_2.availability_zone": "eu-west-1c",
        },
    ),
    "network.public_subnets": (
        '["10.8.1.0/26", "10.8.2.0/26"]',
        {"aws_subnet.network_public_2.cidr_block": "10.8.2.0/26"},
    ),
    "network.private_app_subnets": (
        '["10.8.3.0/26", "10.8.4.0/26"]',
        {"aws_subnet.network_private_app_2.cidr_block": "10.8.4.0/26"},
    ),
    "network.private_db_subnets": (
        '["10.8.5.0/26", "10.8.6.0/26"]',
        {"aws_subnet.network_private_db_2.cidr_block": "10.8.6.0/26"},
    ),
    "network.nat_gateways": ("single", {"aws_nat_gateway.network_nat_2": ABSENT}),
    "network.flow_logs": ("false", {"aws_flow_log.network_flow_logs": ABSENT}),
    "database.instance_class": (
        "db.m6g.large",
        {
            "aws_db_instance.database.instance_class": "db.m6g.large",
            "aws_cloudwatch_metric_alarm.database_high_connections.threshold": 720,
        },
    ),
    "database.multi_az": ("true", {"aws_db_instance.database.multi_az": True}),
    "database.deletion_protection": ("true", {"aws_db_instance.database.deletion_protection": True}),
    "database.allocated_storage_gib": (
        "50",
        {
            "aws_db_instance.database.allocated_storage": 50,
            "aws_cloudwatch_metric_alarm.database_low_free_storage.threshold": 5 * 1024**3,
        },
    ),
    "database.max_allocated_storage_gib": ("500", {"aws_db_instance.database.max_allocated_storage": 500}),
    "database.engine_version": ("16.4", {"aws_db_instance.database.engine_version": "16.4"}),
    "database.require_tls": ("true", {"aws_db_parameter_group.database.family": "postgres16"}),
    "database.iam_authentication": ("true", {"aws_db_instance.database.iam_database_authentication_enabled": True}),
    "database.backup_retention_days": ("14", {"aws_db_instance.database.backup_retention_period": 14}),
    "load_balancer.deletion_protection": ("true", {"aws_lb.load_balancer.enable_deletion_protection": True}),
    "load_balancer.certificate_arn": (
        CERTIFICATE,
        {
            "aws_lb_listener.load_balancer_https.certificate_arn": CERTIFICATE,
            f"{ORIGIN}.custom_origin_config.origin_protocol_policy": "https-only",
        },
    ),
    "load_balancer.cloudfront_only": (
        "true",
        {
            "aws_vpc_security_group_ingress_rule.security_groups_alb_from_cloudfront.from_port": 443,
            "aws_vpc_security_group_ingress_rule.security_groups_alb_https": ABSENT,
            "aws_lb_listener.load_balancer_https.default_action[0].fixed_response.status_code": "403",
            f"{ORIGIN}.custom_header[0].name": "X-Origin-Verify",
        },
    ),
    "load_balancer.drop_invalid_header_fields": (
        "true",
        {"aws_lb.load_balancer.drop_invalid_header_fields": True},
    ),
    "load_balancer.access_logs_bucket": (
        "acme-logs",
        {"aws_lb.load_balancer.access_logs.bucket": "acme-logs", "aws_lb.load_balancer.access_logs.enabled": True},
    ),
    "services.<application>.image": (
        "app:b",
        {"aws_ecs_task_definition.backend.container_definitions[0].image": "app:b"},
    ),
    "services.<application>.cpu": ("1024", {"aws_ecs_task_definition.backend.cpu": "1024"}),
    "services.<application>.memory_mib": ("4096", {"aws_ecs_task_definition.backend.memory": "4096"}),
    "services.<application>.port": (
        "4001",
        {
            "aws_ecs_task_definition.backend.container_definitions[0].portMappings[0].containerPort": 4001,
            "aws_lb_target_group.load_balancer_backend.port": 4001,
            "aws_ecs_service.backend.load_balancer[0].container_port": 4001,
            "aws_ecs_service.backend.service_registries.container_port": 4001,
            "aws_vpc_security_group_ingress_rule.security_groups_backend_from_alb.from_port": 4001,
        },
    ),
    "services.<application>.autoscaling.min_count": (
        "1",
        {"aws_appautoscaling_target.backend_autoscaling.min_capacity": 1},
    ),
    "services.<application>.autoscaling.max_count": (
        "7",
        {"aws_appautoscaling_target.backend_autoscaling.max_capacity": 7},
    ),
    "services.<application>.autoscaling.cpu_percent": (
        "61",
        {f"aws_appautoscaling_policy.backend_autoscaling_cpu.{TARGET_VALUE}": 61},
    ),
    "services.<application>.autoscaling.requests_per_target": (
        "601",
        {f"aws_appautoscaling_policy.backend_autoscaling_requests.{TARGET_VALUE}": 601},
    ),
    "services.<application>.capacity_provider": (
        "FARGATE_SPOT",
        {
            "aws_ecs_service.backend.capacity_provider_strategy[0].capacity_provider": "FARGATE_SPOT",
            "aws_ecs_service.backend.launch_type": ABSENT,
        },
    ),
    "services.<application>.circuit_breaker": (
        "true",
        {"aws_ecs_service.backend.deployment_circuit_breaker.rollback": True},
    ),
    "services.<application>.desired_count": ("3", {"aws_ecs_service.backend.desired_count": 3}),
    "services.<application>.health_check.path": (
        "/b",
        {"aws_lb_target_group.load_balancer_backend.health_check.path": "/b"},
    ),
    "services.<application>.health_check.interval_seconds": (
        "21",
        {"aws_lb_target_group.load_balancer_backend.health_check.interval": 21},
    ),
    "services.<application>.health_check.timeout_seconds": (
        "11",
        {"aws_lb_target_group.load_balancer_backend.health_check.timeout": 11},
    ),
    "services.<application>.schedule": (
        '{ image = "job:1", schedule = "rate(9 days)" }',
        {"aws_scheduler_schedule.nightly.schedule_expression": "rate(9 days)"},
    ),
    "services.<application>.architecture": (
        "arm64",
        {"aws_ecs_task_definition.backend.runtime_platform.cpu_architecture": "ARM64"},
    ),
    "services.<application>.command": ('["run"]', {f"{CONTAINER}.command[0]": "run"}),
    "services.<application>.default_route": (
        "true",
        {"aws_lb_listener_rule.load_balancer_backend_default_route.action[0].target_group_arn": TO_BACKEND},
    ),
    "services.<application>.routes.<name>.paths": (
        '["/v2/*"]',
        {
            "aws_lb_listener_rule.load_balancer_backend_api.condition[0].path_pattern.values[0]": "/v2/*",
            "aws_cloudfront_distribution.cdn.ordered_cache_behavior[0].path_pattern": "/v2/*",
        },
    ),
    "services.<application>.routes.<name>.priority": (
        "7",
        {"aws_lb_listener_rule.load_balancer_backend_api.priority": 7},
    ),
    "services.<application>.deployment_alarms": (
        '["errors"]',
        {"aws_ecs_service.backend.alarms.alarm_names[0]": "errors"},
    ),
    "services.<application>.deployed_by": ("terraform", {"aws_ecs_service.backend.wait_for_steady_state": True}),
    "services.<application>.repository": ("false", {"aws_ecr_repository.registry_backend": ABSENT}),
    "services.<application>.container_health_check": (
        '["CMD", "true"]',
        {f"{CONTAINER}.healthCheck.command[1]": "true"},
    ),
    "services.<application>.connects_to": (
        '["frontend"]',
        {
            "aws_vpc_security_group_egress_rule.security_groups_backend_to_frontend.to_port": 3000,
            "aws_vpc_security_group_egress_rule.security_groups_backend_to_database": ABSENT,
        },
    ),
    "services.<application>.metrics_path": ("/m", {"aws_s3_object.prometheus_config.content": METRICS}),
    "services.<application>.environment": ("debug", {f"{CONTAINER}.environment[2].value": "debug"}),
    "services.<application>.secrets": (SECRET, {f"{CONTAINER}.secrets[0].valueFrom": SECRET}),
    "services.<prometheus>.image": (
        "prom:2",
        {"aws_ecs_task_definition.prometheus.container_definitions[1].image": "prom:2"},
    ),
    "services.<prometheus>.cpu": ("2048", {"aws_ecs_task_definition.prometheus.cpu": "2048"}),
    "services.<prometheus>.memory_mib": ("8192", {"aws_ecs_task_definition.prometheus.memory": "8192"}),
    "services.<prometheus>.architecture": (
        "arm64",
        {"aws_ecs_task_definition.prometheus.runtime_platform.cpu_architecture": "ARM64"},
    ),
    "services.<prometheus>.config_sync_image": (
        "sync:1",
        {"aws_ecs_task_definition.prometheus.container_definitions[0].image": "sync:1"},
    ),
    "services.<prometheus>.desired_count": ("0", {"aws_ecs_service.prometheus.desired_count": 0}),
    "services.<prometheus>.retention_days": (
        "31",
        {
            "aws_ecs_task_definition.prometheus.container_definitions[1].command[2]": (
                "--storage.tsdb.retention.time=31d"
            ),
        },
    ),
    "services.<prometheus>.transition_to_ia_days": (
        "1",
        {"aws_efs_file_system.prometheus_data.lifecycle_policy[0].transition_to_ia": "AFTER_1_DAY"},
    ),
    "exec.<service>": ("true", {"aws_ecs_service.backend.enable_execute_command": True}),
    "exec.<service>.reason": ("incident 4711", {"aws_ecs_service.backend.tags.ExecReason": "incident 4711"}),
    "exec.<service>.until": (
        "2026-12-01T19:00:00+01:00",
        {"aws_ecs_service.backend.tags.ExecUntil": "2026-12-01T18:00:00Z"},
    ),
    "exec.policy": (
        "minimal",
        {"aws_iam_role_policy_attachment.ecs_exec.policy_arn": "${aws_iam_policy.ecs_exec.arn}"},
    ),
    "exec.encrypted": ("true", {"aws_kms_key.exec_sessions.enable_key_rotation": True}),
    "cdn.web_acl_arn": (WEB_ACL, {"aws_cloudfront_distribution.cdn.web_acl_id": WEB_ACL}),
    "cdn.security_headers": (
        "true",
        {"aws_cloudfront_distribution.cdn.default_cache_behavior.response_headers_policy_id": SECURITY_HEADERS},
    ),
    "exec.log_retention_days": ("365", {"aws_cloudwatch_log_group.exec_sessions.retention_in_days": 365}),
    "exec.operator_policy": ("true", {"aws_iam_policy.exec_operator.name": "dev-acme-exec-operator"}),
    "exec.operator_tags": (
        "oncall",
        {f"{MAY_EXEC}.Condition.StringEquals.aws:PrincipalTag/Team": "oncall"},
    ),
    "alarms.topic_arn": (TOPIC, {"aws_cloudwatch_metric_alarm.database_high_cpu.alarm_actions[0]": TOPIC}),
    "alarms.email": ("ops@acme.org", {"aws_sns_topic_subscription.alarm_topic.endpoint": "ops@acme.org"}),
    "alarms.exec_sessions": (
        "true",
        {"aws_cloudwatch_event_rule.service_alarms_exec_session.name": "dev-acme-exec-session"},
    ),
    "cdn.logging_bucket": (
        "acme-logs",
        {"aws_cloudfront_distribution.cdn.logging_config.bucket": "acme-logs.s3.amazonaws.com"},
    ),
    "delivery.principal": ("oidc", {"aws_iam_user.delivery": ABSENT, "aws_iam_role.delivery": "{}"}),
    "delivery.repository": ("acme/app", {SUBJECT: "repo:acme/app:ref:refs/heads/release"}),
    "delivery.branch": ("release", {SUBJECT: "repo:acme/app:ref:refs/heads/release"}),
    "state.bucket": ("acme-state", {"terraform.backend.s3.bucket": "acme-state"}),
    "state.adopt_hcl": ("true", {"moved[0].from": "module.cdn.aws_acm_certificate.main"}),
    "registry.create_repositories": ("false", {"aws_ecr_repository.registry_frontend": ABSENT}),
}


def settings_of(annotation: Any, path: str = "") -> Iterator[str]:  # noqa: ANN401
    """Return the paths of all settings that are values, not sections; those of services once per kind."""
    for section in sections_of(annotation):
        kind = f"<{section.model_fields['kind'].default}>." if path == "services." else ""
        for name, field in section.model_fields.items():
            yield from _setting(f"{path}{kind}{name}", field.annotation)
    if values_of(annotation) is Toggle:
        yield f"{path}<service>"
        yield from settings_of(Toggle, f"{path}<service>.")


def _setting(path: str, annotation: Any) -> Iterator[str]:  # noqa: ANN401
    values = values_of(annotation)
    if sections_of(annotation):
        yield from settings_of(annotation, f"{path}.")
    elif sections_of(values):
        yield from settings_of(values, f"{path}." if path == "services" else f"{path}.<name>.")
    else:
        yield path


def variable(setting: str) -> str:
    for placeholder, name in PLACES.items():
        setting = VARIABLES.get(setting, setting).replace(placeholder, name)
    return setting if setting.startswith("DEV__") else f"DEV__{setting.upper().replace('.', '__')}"


def beside(setting: str) -> dict[str, str]:
    """Return the overrides of every setting that can be beside this one, and its own."""
    left_out = FIRST if setting == SECOND else SECOND
    return BESIDE | {variable(name): value for name, (value, _) in ROWS.items() if name != left_out}


@pytest.fixture
def changed(synth: Synth, setting: str) -> Stack:
    """Dev with every setting changed that can be beside this one."""
    return synth(**beside(setting))


def test_every_setting_has_a_row() -> None:
    # The name comes from the file; the names of resources have it in them. A kind is what the other settings hang on.
    # Exceptions change nothing, and fail if nothing needs them: see rules/test_rules.py. Being protected only makes
    # demands on the other settings.
    kinds = {f"services.<{kind}>.kind" for kind in ("application", "prometheus")}
    assert set(settings_of(Environment)) == {"name", "rule_exceptions", "protected"} | kinds | ROWS.keys()


@pytest.mark.parametrize("setting", ROWS)
def test_a_changed_setting_is_seen_where_its_row_says(dev: Stack, changed: Stack, setting: str) -> None:
    for path, value in ROWS[setting][1].items():
        assert changed.paths.get(path, ABSENT) == value
        assert dev.paths.get(path, ABSENT) != value


@pytest.mark.parametrize("setting", [FIRST, SECOND])
def test_no_changed_setting_breaks_a_rule(changed: Stack, setting: str) -> None:
    environment = load("dev", variables=beside(setting))
    assert report_on(rule.Stack(environment, Configuration(changed.document))) == []


def test_the_environments_name_starts_its_resources_names(synth: Synth) -> None:
    assert synth("staging")["aws_ecs_cluster.cluster"]["name"] == "staging-davidshaevel-cluster"
