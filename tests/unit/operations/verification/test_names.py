"""The names that the checks look for are those that the stack deploys."""

import pytest
import yaml

from environments import load
from operations.verification.checks.http import SERVER
from tests.unit.stack_json import Synth

DEV = load("dev", variables={})
SERVICES = list(DEV.desired_counts)


def test_cluster_is_found_by_its_name(synth: Synth) -> None:
    assert synth()["aws_ecs_cluster.cluster"]["name"] == DEV.cluster_name


def test_every_service_of_the_stack_is_checked(synth: Synth) -> None:
    assert sorted(synth().of_type("aws_ecs_service")) == sorted(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_service_is_found_by_its_name_and_should_run_what_the_settings_say(synth: Synth, service: str) -> None:
    deployed = synth()[f"aws_ecs_service.{service}"]
    assert (deployed["name"], deployed["desired_count"]) == (DEV.service_name(service), DEV.desired_counts[service])


@pytest.mark.parametrize("service", SERVICES)
def test_main_container_has_the_services_name_and_a_port(synth: Synth, service: str) -> None:
    container = synth().containers(service)[service]
    assert len(container["portMappings"]) == 1
    assert synth()[f"aws_ecs_service.{service}"]["service_registries"]["container_name"] == service


@pytest.mark.parametrize("service", SERVICES)
def test_service_is_found_by_its_dns_name(synth: Synth, service: str) -> None:
    assert synth().outputs[f"{service}_dns_name"] == DEV.dns_name(service)


def test_prometheus_logs_to_streams_of_a_known_prefix(synth: Synth) -> None:
    log = synth().containers(SERVER)[SERVER]["logConfiguration"]
    assert log["logDriver"] == "awslogs"
    assert log["options"]["awslogs-stream-prefix"]


def test_prometheus_has_a_job_for_every_service(synth: Synth) -> None:
    config = yaml.safe_load(synth()["aws_s3_object.prometheus_config"]["content"])
    assert sorted(job["job_name"] for job in config["scrape_configs"]) == sorted(SERVICES)
