"""What must be there before what, and whose changes Terraform leaves alone."""

import pytest

from tests.unit.stack_json import Stack, Synth

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"


def before(stack: Stack, address: str) -> set[str]:
    return set(stack[address]["depends_on"])


def test_with_a_certificate_it_starts_after_the_https_listener(synth: Synth) -> None:
    stack = synth(DEV__LOAD_BALANCER__CERTIFICATE_ARN=CERTIFICATE)
    assert "aws_lb_listener.load_balancer_https" in before(stack, "aws_ecs_service.frontend")


def test_prometheus_starts_after_its_mount_targets(dev: Stack) -> None:
    mount_targets = {f"aws_efs_mount_target.{name}" for name in dev.of_type("aws_efs_mount_target")}
    assert mount_targets <= before(dev, "aws_ecs_service.prometheus")


def test_prometheus_starts_after_its_configuration_is_there(dev: Stack) -> None:
    assert "aws_s3_object.prometheus_config" in before(dev, "aws_ecs_service.prometheus")


def test_prometheus_starts_after_its_permissions(dev: Stack) -> None:
    grants = {f"aws_iam_role_policy_attachment.prometheus_{name}_attachment" for name in ("execution", "read_config")}
    assert grants <= before(dev, "aws_ecs_service.prometheus")


@pytest.mark.parametrize(
    ("resource", "grant"),
    [
        ("aws_db_instance.database", "aws_iam_role_policy_attachment.database_monitoring"),
        ("aws_flow_log.network_flow_logs", "aws_iam_role_policy.network_flow_logs"),
    ],
)
def test_what_writes_through_a_role_comes_after_the_role_may(dev: Stack, resource: str, grant: str) -> None:
    assert grant in before(dev, resource)


@pytest.mark.parametrize("kind", ["aws_nat_gateway", "aws_eip"])
def test_nat_comes_after_the_internet_gateway(dev: Stack, kind: str) -> None:
    for name in dev.of_type(kind):
        assert before(dev, f"{kind}.{name}") == {"aws_internet_gateway.network"}


def test_the_configuration_waits_for_its_buckets_settings(dev: Stack) -> None:
    settings = {"aws_s3_bucket_server_side_encryption_configuration", "aws_s3_bucket_versioning"}
    assert {f"{each}.prometheus_config" for each in settings} <= before(dev, "aws_s3_object.prometheus_config")


def test_old_versions_expire_only_once_there_are_versions(dev: Stack) -> None:
    address = "aws_s3_bucket_lifecycle_configuration.prometheus_config"
    assert before(dev, address) == {"aws_s3_bucket_versioning.prometheus_config"}


def test_prometheus_follows_terraforms_revisions(dev: Stack) -> None:
    prometheus = dev["aws_ecs_service.prometheus"]
    assert "ignore_changes" not in prometheus["lifecycle"]
    assert prometheus["task_definition"] == "${aws_ecs_task_definition.prometheus.arn}"
