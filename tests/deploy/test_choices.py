"""What an environment may choose for load balancer, services and ECS Exec: chosen on the local AWS, and taken back.

Both tests leave dev as it is without a choice.
"""

from typing import Any

import pytest

from tests.deploy.platforms import Local
from tests.unit.stack_json import Synth

# These run beside the other tests of dev, on a deploy of their own.
pytestmark = pytest.mark.xdist_group("choices")

CLUSTER = "dev-davidshaevel-cluster"
SPOT = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/app/12345678-1234-1234-1234-123456789012"
CHOICES = {
    "DEV__ACCESS_LOGS": "true",
    "DEV__DATABASE__REQUIRE_TLS": "true",
    "DEV__DATABASE__IAM_AUTHENTICATION": "true",
    "DEV__LOAD_BALANCER__CLOUDFRONT_ONLY": "true",
    "DEV__LOAD_BALANCER__DROP_INVALID_HEADER_FIELDS": "true",
    "DEV__CDN__SECURITY_HEADERS": "true",
    "DEV__CDN__WEB_ACL_ARN": WEB_ACL,
    "DEV__SERVICES__FRONTEND__CIRCUIT_BREAKER": "true",
    "DEV__SERVICES__FRONTEND__AUTOSCALING": "{min_count = 1, max_count = 6, cpu_percent = 60, requests_per_target = 9}",
    "DEV__EXEC__ENCRYPTED": "true",
    "DEV__EXEC__LOG_RETENTION_DAYS": "365",
    "DEV__EXEC__OPERATOR_POLICY": "true",
    "DEV__ALARMS__EMAIL": "ops@acme.org",
    "DEV__ALARMS__EXEC_SESSIONS": "true",
}
ON_SPOT = {"DEV__SERVICES__BACKEND__CAPACITY_PROVIDER": "FARGATE_SPOT"}
AUTOSCALING = {
    "aws_appautoscaling_target.frontend_autoscaling",
    "aws_appautoscaling_policy.frontend_autoscaling_cpu",
    "aws_appautoscaling_policy.frontend_autoscaling_requests",
}
KEY, SESSION_LOG, CLUSTER_ADDRESS = (
    "aws_kms_key.exec_sessions",
    "aws_cloudwatch_log_group.exec_sessions",
    "aws_ecs_cluster.cluster",
)
HEADER, DISTRIBUTION = "terraform_data.load_balancer_origin_header", "aws_cloudfront_distribution.cdn"
RULES = "aws_lb_listener_rule.load_balancer"
INGRESS = "aws_vpc_security_group_ingress_rule.security_groups_alb"
LOGS = {
    f"aws_s3_bucket{part}.access_logs"
    for part in (
        *("", "_policy", "_ownership_controls", "_public_access_block", "_lifecycle_configuration"),
        "_server_side_encryption_configuration",
    )
}
TOPIC = {f"aws_sns_topic{part}.alarm_topic" for part in ("", "_policy", "_subscription")}
NOTICES = {
    f"aws_cloudwatch_event_{part}.service_alarms_{name}"
    for part in ("rule", "target")
    for name in ("deployment_failed", "exec_session")
}
SERVICE_ALARMS = {
    f"aws_cloudwatch_metric_alarm.service_alarms_{name}"
    for name in (
        *(f"{service}_no_running_task" for service in ("backend", "frontend", "prometheus")),
        *(f"{name}_5xx" for name in ("backend", "frontend", "load_balancer")),
    )
}
DATABASE_ALARMS = {
    f"aws_cloudwatch_metric_alarm.database_{name}"
    for name in ("high_cpu", "high_connections", "low_free_storage", "low_freeable_memory")
}
EXEC = {KEY, "aws_kms_alias.exec_sessions", "aws_iam_policy.exec_operator"}
CDN_ONLY = {HEADER, f"{RULES}_frontend_default_route", f"{INGRESS}_from_cloudfront"}
DATABASE = {"aws_db_parameter_group.database", "aws_iam_role_policy.backend_database_login"}
ADDED = {*AUTOSCALING, *EXEC, *TOPIC, *NOTICES, *SERVICE_ALARMS, *LOGS, *CDN_ONLY, *DATABASE}
REMOVED = {f"{INGRESS}_http", f"{INGRESS}_https"}
CHANGED = {
    *("aws_lb.load_balancer", "aws_lb_listener.load_balancer_http", f"{RULES}_backend_api", DISTRIBUTION),
    *("aws_ecs_service.frontend", "aws_db_instance.database", SESSION_LOG, CLUSTER_ADDRESS, *DATABASE_ALARMS),
}
# Which variables the backend gets.
REVISION = {"aws_ecs_task_definition.backend": ["delete", "create"]}

# What CI/CD may do names the service, whose new ARN is not known before it is made.
REPLACED = {"aws_ecs_service.backend": ["delete", "create"], "aws_iam_policy.delivery": ["update"]}


def test_what_is_chosen_comes_in_place_and_goes_again(dev_aws: Local, synth: Synth) -> None:
    # One deploy each way, because the provider waits for half a minute after each change of a load balancer.
    dev_aws.terraform.use(synth(**CHOICES))
    # As docs/hardening.md says: the CDN sends the header before the load balancer demands it.
    first = dev_aws.terraform.deploy("-target=aws_cloudfront_distribution.cdn")
    assert {HEADER, DISTRIBUTION} <= first.keys()
    assert not [address for address in first if address.startswith(("aws_lb_listener", INGRESS))]
    assert first | dev_aws.terraform.deploy() == (
        {key: ["update"] for key in CHANGED}
        | {key: ["create"] for key in ADDED}
        | {key: ["delete"] for key in REMOVED}
        | REVISION
    )
    # The count is AWS's now: what it makes of it is no drift.
    dev_aws.client("ecs").update_service(cluster=CLUSTER, service="dev-davidshaevel-frontend", desiredCount=5)
    assert dev_aws.terraform.plan() == {}
    assert circuit_breaker(dev_aws) == {"enable": True, "rollback": True}
    assert access_logs(dev_aws) == ("true", "dev-davidshaevel-access-logs")
    assert demanded(dev_aws) == {"default": set(), "100": {sent(dev_aws)}, "50000": {sent(dev_aws)}}
    assert sent(dev_aws) not in dev_aws.terraform.run("show", "-no-color")
    assert database_alarms_notify(dev_aws) == {"arn:aws:sns:us-east-1:123456789012:dev-davidshaevel-alarms"}
    assert session_key(dev_aws).startswith("arn:aws:kms:us-east-1:123456789012:key/")
    assert execute_command(dev_aws)["kmsKeyId"] == session_key(dev_aws)

    dev_aws.terraform.use(synth())
    # As docs/hardening.md says: Terraform leaves a database the group that it has, and AWS deletes none that is in use.
    dev_aws.client("rds").modify_db_instance(
        DBInstanceIdentifier="davidshaevel-dev-db", DBParameterGroupName="default.postgres15"
    )
    done = dev_aws.terraform.deploy()
    assert done == (
        {key: ["update"] for key in CHANGED}
        | {key: ["delete"] for key in ADDED}
        | {key: ["create"] for key in REMOVED}
        | REVISION
    )
    assert list(done).index(KEY) > max(list(done).index(user) for user in (SESSION_LOG, CLUSTER_ADDRESS))
    assert dev_aws.terraform.plan() == {}
    assert circuit_breaker(dev_aws) == {"enable": False, "rollback": False}
    assert access_logs(dev_aws)[0] == "false"
    assert service(dev_aws, "frontend")["desiredCount"] == 2
    assert database_alarms_notify(dev_aws) == set()
    assert session_key(dev_aws) == ""
    assert "kmsKeyId" not in execute_command(dev_aws)


def test_a_move_to_spot_replaces_a_service_not_moved_by_hand(dev_aws: Local, synth: Synth) -> None:
    dev_aws.terraform.use(synth(**ON_SPOT))
    assert dev_aws.terraform.plan() == REPLACED
    dev_aws.client("ecs").update_service(
        cluster=CLUSTER, service="dev-davidshaevel-backend", capacityProviderStrategy=SPOT, forceNewDeployment=True
    )
    assert dev_aws.terraform.plan() == {}

    dev_aws.terraform.use(synth())
    # Planned so again, but its ARN turns out to be the same, so what CI/CD may do stays as it is.
    assert dev_aws.terraform.deploy() == {"aws_ecs_service.backend": ["delete", "create"]}
    assert service(dev_aws, "backend")["launchType"] == "FARGATE"


def database_alarms_notify(local: Local) -> set[str]:
    """Return what the database's alarms notify when they go on, and when they go off again."""
    found = local.client("cloudwatch").describe_alarms(AlarmNamePrefix="davidshaevel-dev-db-")["MetricAlarms"]
    return {action for alarm in found for key in ("AlarmActions", "OKActions") for action in alarm[key]}


def session_key(local: Local) -> str:
    """Return the ARN of the key of the session log; empty where it has none."""
    (group,) = local.client("logs").describe_log_groups(logGroupNamePrefix="/ecs/dev-davidshaevel/exec")["logGroups"]
    key: str = group.get("kmsKeyId", "")
    return key


def execute_command(local: Local) -> dict[str, Any]:
    """Return what the cluster does with ECS Exec sessions."""
    (cluster,) = local.client("ecs").describe_clusters(clusters=[CLUSTER], include=["CONFIGURATIONS"])["clusters"]
    configuration: dict[str, Any] = cluster["configuration"]["executeCommandConfiguration"]
    return configuration


def service(local: Local, name: str) -> dict[str, Any]:
    names = [f"dev-davidshaevel-{name}"]
    found: dict[str, Any] = local.client("ecs").describe_services(cluster=CLUSTER, services=names)["services"][0]
    return found


def circuit_breaker(local: Local) -> dict[str, bool]:
    breaker: dict[str, bool] = service(local, "frontend")["deploymentConfiguration"]["deploymentCircuitBreaker"]
    return breaker


def access_logs(local: Local) -> tuple[str, ...]:
    elb = local.client("elbv2")
    (load_balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    listed = elb.describe_load_balancer_attributes(LoadBalancerArn=load_balancer["LoadBalancerArn"])["Attributes"]
    attributes = {each["Key"]: each["Value"] for each in listed}
    return tuple(attributes[f"access_logs.s3.{key}"] for key in ("enabled", "bucket"))


def sent(local: Local) -> str:
    """Return the value of the header that the CDN sends."""
    (distribution,) = local.client("cloudfront").list_distributions()["DistributionList"]["Items"]
    (origin,) = distribution["Origins"]["Items"]
    (header,) = origin["CustomHeaders"]["Items"]
    assert header["HeaderName"] == "X-Origin-Verify"
    value: str = header["HeaderValue"]
    return value


def demanded(local: Local) -> dict[str, set[str]]:
    """Return the values of headers that each rule of the load balancer demands, by its priority."""
    elb = local.client("elbv2")
    (load_balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=load_balancer["LoadBalancerArn"])["Listeners"]
    rules = elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    return {
        rule["Priority"]: {
            value for each in rule["Conditions"] for value in each.get("HttpHeaderConfig", {}).get("Values", ())
        }
        for rule in rules
    }
