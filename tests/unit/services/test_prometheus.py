"""The kind prometheus: its containers, its storage, its service, with the live names."""

import re

import pytest

from tests.unit.stack_json import Stack, Synth

BUCKET = "prometheus_config"
FILE_SYSTEM = "aws_efs_file_system.prometheus_data"
KEY = "observability/prometheus/prometheus.yml"
OBJECT = "aws_s3_object.prometheus_config"


def test_the_task_has_live_devs_size(dev: Stack) -> None:
    task = dev["aws_ecs_task_definition.prometheus"]
    assert (task["cpu"], task["memory"]) == ("512", "1024")


def test_both_containers_share_the_volume(dev: Stack) -> None:
    (volume,) = dev["aws_ecs_task_definition.prometheus"]["volume"]
    assert volume == {
        "name": "prometheus-data",
        "efs_volume_configuration": {"file_system_id": f"${{{FILE_SYSTEM}.id}}", "transit_encryption": "ENABLED"},
    }
    for container in dev.containers("prometheus").values():
        assert container["mountPoints"] == [{"sourceVolume": "prometheus-data", "containerPath": "/prometheus"}]


def test_the_first_container_prepares_volume_and_configuration(dev: Stack) -> None:
    sync = dev.containers("prometheus")["init-config-sync"]
    (script,) = sync["command"]
    assert sync["image"] == "amazon/aws-cli:2.17.9"
    # The image's own entry point is the AWS CLI: the script needs a shell instead.
    assert sync["entryPoint"] == ["/bin/sh", "-c"]
    assert script.split("; ") == [
        "set -e",
        "mkdir -p /prometheus/data",
        "chown -R 65534:65534 /prometheus",
        f"aws s3 cp s3://${{aws_s3_bucket.prometheus_config.bucket}}/{KEY} /prometheus/prometheus.yml",
    ]


def test_the_task_goes_on_when_the_first_container_has_ended(dev: Stack) -> None:
    containers = dev.containers("prometheus")
    assert {name: each["essential"] for name, each in containers.items()} == {
        "init-config-sync": False,
        "prometheus": True,
    }


def test_the_server_starts_after_the_first_containers_success(dev: Stack) -> None:
    server = dev.containers("prometheus")["prometheus"]
    assert server["dependsOn"] == [{"containerName": "init-config-sync", "condition": "SUCCESS"}]


def test_the_server_is_the_live_one(dev: Stack) -> None:
    server = dev.containers("prometheus")["prometheus"]
    assert (server["image"], server["user"]) == ("prom/prometheus:v2.45.0", "65534")
    assert server["portMappings"] == [{"containerPort": 9090, "hostPort": 9090, "protocol": "tcp"}]
    assert server["command"] == [
        "--config.file=/prometheus/prometheus.yml",
        "--storage.tsdb.path=/prometheus/data",
        "--storage.tsdb.retention.time=15d",
        "--web.console.libraries=/usr/share/prometheus/console_libraries",
        "--web.console.templates=/usr/share/prometheus/consoles",
        "--web.enable-lifecycle",
    ]


def test_the_server_checks_its_configuration_and_its_port(dev: Stack) -> None:
    kind, check = dev.containers("prometheus")["prometheus"]["healthCheck"]["command"]
    assert kind == "CMD-SHELL"
    assert "promtool check config /prometheus/prometheus.yml" in check
    assert "nc -z 127.0.0.1 9090" in check


def test_both_containers_log_to_one_group_by_their_own_prefix(dev: Stack) -> None:
    logs = {name: each["logConfiguration"]["options"] for name, each in dev.containers("prometheus").items()}
    assert {name: each["awslogs-stream-prefix"] for name, each in logs.items()} == {
        "init-config-sync": "init",
        "prometheus": "prometheus",
    }
    assert {each["awslogs-group"] for each in logs.values()} == {"${aws_cloudwatch_log_group.prometheus.name}"}


def test_a_change_of_the_configuration_is_a_new_revision(dev: Stack, synth: Synth) -> None:
    changed = synth(DEV__NAMESPACE="acme.internal")
    assert changed[OBJECT]["content"] != dev[OBJECT]["content"]
    assert changed.containers("prometheus") != dev.containers("prometheus")


def test_the_old_task_stops_before_the_new_one_starts(dev: Stack) -> None:
    service = dev["aws_ecs_service.prometheus"]
    assert service["desired_count"] == 1
    assert service["deployment_minimum_healthy_percent"] == 0
    assert service["deployment_maximum_percent"] == 100
    # AWS takes no 100 percent while it may move tasks between zones.
    assert service["availability_zone_rebalancing"] == "DISABLED"
    assert service["deployment_circuit_breaker"] == {"enable": True, "rollback": True}


def test_an_apply_fails_if_ecs_rolled_back(dev: Stack) -> None:
    service = dev["aws_ecs_service.prometheus"]
    (condition,) = service["lifecycle"]["postcondition"]
    assert service["wait_for_steady_state"] is True
    assert condition["condition"] == "${self.task_definition == aws_ecs_task_definition.prometheus.arn}"
    assert condition["error_message"] == (
        "dev-davidshaevel-prometheus: ECS rolled the deployment back, the service runs ${self.task_definition} and not "
        "${aws_ecs_task_definition.prometheus.arn}; see why in the service's events and its tasks' logs, put it right "
        "and deploy again."
    )


def test_it_is_not_behind_the_load_balancer(dev: Stack) -> None:
    assert "load_balancer" not in dev["aws_ecs_service.prometheus"]


def test_its_grace_period_is_the_live_one(dev: Stack) -> None:
    assert dev["aws_ecs_service.prometheus"]["health_check_grace_period_seconds"] == 60


def test_samples_are_kept_on_an_encrypted_file_system(dev: Stack) -> None:
    file_system = dev[FILE_SYSTEM]
    assert file_system["encrypted"] is True
    assert (file_system["performance_mode"], file_system["throughput_mode"]) == ("generalPurpose", "bursting")


@pytest.mark.parametrize(("days", "transition"), [("1", "AFTER_1_DAY"), ("14", "AFTER_14_DAYS")])
def test_unread_samples_move_to_cheaper_storage(synth: Synth, days: str, transition: str) -> None:
    assert synth(DEV__SERVICES__PROMETHEUS__TRANSITION_TO_IA_DAYS=days)[FILE_SYSTEM]["lifecycle_policy"] == [
        {"transition_to_ia": transition},
        {"transition_to_primary_storage_class": "AFTER_1_ACCESS"},
    ]


def test_the_file_system_can_be_mounted_in_each_zone(dev: Stack) -> None:
    targets = dev.of_type("aws_efs_mount_target").values()
    assert {each["file_system_id"] for each in targets} == {f"${{{FILE_SYSTEM}.id}}"}
    assert [each["subnet_id"] for each in targets] == [
        f"${{aws_subnet.network_private_app_{number}.id}}" for number in (1, 2)
    ]


def test_the_bucket_is_private_encrypted_and_versioned(dev: Stack) -> None:
    block = dev[f"aws_s3_bucket_public_access_block.{BUCKET}"]
    (encryption,) = dev[f"aws_s3_bucket_server_side_encryption_configuration.{BUCKET}"]["rule"]
    versioning = dev[f"aws_s3_bucket_versioning.{BUCKET}"]
    switches = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    assert all(block[switch] is True for switch in switches)
    assert encryption == {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}
    assert versioning["versioning_configuration"] == {"status": "Enabled"}


def test_old_versions_of_every_object_expire_after_90_days(dev: Stack) -> None:
    (rule,) = dev[f"aws_s3_bucket_lifecycle_configuration.{BUCKET}"]["rule"]
    assert rule["status"] == "Enabled"
    assert rule["noncurrent_version_expiration"] == [{"noncurrent_days": 90}]
    # Without a filter the provider warns today, and will refuse.
    assert rule["filter"] == [{"prefix": ""}]


def test_every_setting_of_the_bucket_is_on_this_bucket(dev: Stack) -> None:
    settings = [dev[address] for address in dev.addresses if re.match(r"aws_s3_(bucket_|object)", address)]
    assert len(settings) == 5
    assert {each["bucket"] for each in settings} == {"${aws_s3_bucket.prometheus_config.id}"}


def test_the_configuration_is_an_object_in_yaml(dev: Stack) -> None:
    assert dev[OBJECT]["key"] == KEY
    assert dev[OBJECT]["content_type"] == "application/x-yaml"
