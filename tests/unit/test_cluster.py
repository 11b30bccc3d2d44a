"""The ECS cluster, the repositories of its images, and the names its services are found by."""

import json

import pytest

from tests.unit.stack_json import Stack, Synth

NAMESPACE = "aws_service_discovery_private_dns_namespace.service_discovery"
SERVICES = "aws_service_discovery_service.service_discovery"


def test_the_cluster_has_container_insights(dev: Stack) -> None:
    assert dev["aws_ecs_cluster.cluster"]["setting"] == [{"name": "containerInsights", "value": "enabled"}]


def test_tasks_run_on_fargate_by_default(dev: Stack) -> None:
    providers = dev["aws_ecs_cluster_capacity_providers.cluster"]
    assert providers["cluster_name"] == "${aws_ecs_cluster.cluster.name}"
    assert providers["capacity_providers"] == ["FARGATE", "FARGATE_SPOT"]
    assert providers["default_capacity_provider_strategy"] == [{"capacity_provider": "FARGATE", "weight": 1, "base": 1}]


@pytest.mark.parametrize("service", ["backend", "frontend"])
def test_a_repository_keeps_tags_as_they_are_and_scans_images(dev: Stack, service: str) -> None:
    repository = dev[f"aws_ecr_repository.registry_{service}"]
    assert repository["image_tag_mutability"] == "IMMUTABLE"
    assert repository["image_scanning_configuration"] == {"scan_on_push": True}
    assert repository["encryption_configuration"] == [{"encryption_type": "AES256"}]


@pytest.mark.parametrize("service", ["backend", "frontend"])
def test_a_repository_keeps_the_last_ten_images_of_any_tag(dev: Stack, service: str) -> None:
    lifecycle_policy = dev[f"aws_ecr_lifecycle_policy.registry_{service}"]
    (rule,) = json.loads(lifecycle_policy["policy"])["rules"]
    assert lifecycle_policy["repository"] == f"${{aws_ecr_repository.registry_{service}.name}}"
    assert rule["selection"] == {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10}
    assert rule["action"] == {"type": "expire"}


@pytest.mark.parametrize("service", ["backend", "frontend"])
def test_a_live_lifecycle_policy_of_other_words_is_not_replaced(dev: Stack, service: str) -> None:
    lifecycle_policy = dev[f"aws_ecr_lifecycle_policy.registry_{service}"]
    assert lifecycle_policy["lifecycle"] == {"ignore_changes": ["policy"]}


def test_without_repositories_there_is_no_trace_of_them(synth: Synth) -> None:
    staging = synth("staging")
    assert not [address for address in staging.addresses if "_ecr_" in address]
    assert not [name for name in staging.outputs if name.endswith("_ecr_url")]


def test_the_namespace_is_private_and_described_as_live(dev: Stack) -> None:
    assert dev[NAMESPACE]["vpc"] == "${aws_vpc.network.id}"
    assert dev[NAMESPACE]["description"] == "Private DNS namespace for dev environment service discovery"


def test_each_services_tasks_get_an_address_and_a_port_record(dev: Stack) -> None:
    assert dev[SERVICES]["for_each"] == {name: name for name in ("backend", "frontend", "prometheus")}
    assert dev[SERVICES]["dns_config"] == {
        "namespace_id": f"${{{NAMESPACE}.id}}",
        "routing_policy": "MULTIVALUE",
        "dns_records": [{"type": "A", "ttl": 10}, {"type": "SRV", "ttl": 10}],
    }


def test_cloud_map_leaves_health_to_ecs(dev: Stack) -> None:
    assert not [key for key in dev[SERVICES] if "health_check" in key]
