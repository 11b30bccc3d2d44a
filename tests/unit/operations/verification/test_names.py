"""The names that the checks look for are those that the stack deploys, for each kind of service."""

import re
import time
from pathlib import Path

import pytest
import yaml

from environments import Environment, load
from operations.verification.checks import AUDIT, CHECKS
from operations.verification.platform import Platform
from tests.unit.kinds import LISTENING, PUBLIC, RUNNING, SERVICES, write
from tests.unit.stack_json import Stack


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return load("dev", folder=write(tmp_path_factory.mktemp("kinds"), SERVICES), variables={})


@pytest.fixture
def asked(environment: Environment) -> Platform:
    """A platform that is asked for names alone."""
    deployed = dict.fromkeys(environment.desired_counts)
    return Platform(environment, None, deployed, None, time.monotonic())  # type: ignore[arg-type]


def test_the_cluster_is_found_by_its_name(platform: Stack, environment: Environment) -> None:
    assert platform["aws_ecs_cluster.cluster"]["name"] == environment.cluster_name


def test_every_service_of_ecs_is_checked(platform: Stack, environment: Environment) -> None:
    assert set(platform.of_type("aws_ecs_service")) == environment.desired_counts.keys()


@pytest.mark.parametrize("service", RUNNING)
def test_a_service_is_found_and_its_count_is_known(platform: Stack, environment: Environment, service: str) -> None:
    deployed = platform[f"aws_ecs_service.{service}"]
    assert deployed["name"] == environment.service_name(service)
    assert deployed["desired_count"] == environment.desired_counts[service]


def test_every_job_is_found_with_its_schedule(platform: Stack, environment: Environment) -> None:
    schedules = platform.of_type("aws_scheduler_schedule").values()
    expected = {environment.service_name(job): schedule for job, schedule in environment.jobs.items()}
    assert {each["name"]: each["schedule_expression"] for each in schedules} == expected


@pytest.mark.parametrize("service", LISTENING)
def test_a_main_container_has_its_services_name_and_a_port(platform: Stack, service: str) -> None:
    assert len(platform.containers(service)[service]["portMappings"]) == 1
    assert platform[f"aws_ecs_service.{service}"]["service_registries"]["container_name"] == service


@pytest.mark.parametrize("service", LISTENING)
def test_a_service_is_found_by_its_dns_name(platform: Stack, environment: Environment, service: str) -> None:
    assert platform.outputs[f"{service}_dns_name"] == environment.dns_name(service)


def test_what_registers_in_cloud_map_is_looked_for_there(platform: Stack, environment: Environment) -> None:
    services = platform.of_type("aws_ecs_service").items()
    assert {name for name, each in services if each.get("service_registries")} == set(environment.listeners)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_logs_to_streams_of_a_known_prefix(platform: Stack, service: str) -> None:
    log = platform.containers(service)[service]["logConfiguration"]
    assert (log["logDriver"], log["options"]["awslogs-stream-prefix"]) == ("awslogs", service)


def test_the_scrape_jobs_are_those_of_the_configuration(platform: Stack, asked: Platform) -> None:
    for scraper in asked.scrapers:
        config = yaml.safe_load(platform[f"aws_s3_object.{scraper}_config"]["content"])
        assert tuple(job["job_name"] for job in config["scrape_configs"]) == asked.scraped_by(scraper)


def test_public_services_are_those_behind_the_load_balancer(platform: Stack, asked: Platform) -> None:
    services = platform.of_type("aws_ecs_service").items()
    assert set(asked.public_services) == {name for name, each in services if each.get("load_balancer")} == set(PUBLIC)


def test_public_paths_are_those_of_the_health_checks(platform: Stack, asked: Platform) -> None:
    groups = platform.of_type("aws_lb_target_group").values()
    assert sorted(asked.public_paths) == sorted(group["health_check"]["path"] for group in groups)


def test_what_all_services_share_is_found_by_its_name(platform: Stack, environment: Environment) -> None:
    assert platform["aws_lb.load_balancer"]["name"] == f"{environment.prefix}-alb"
    assert platform["aws_db_instance.database"]["identifier"] == f"{environment.project}-{environment.name}-db"
    assert platform["aws_cloudfront_distribution.cdn"]["aliases"] == list(environment.domains)


def test_documentation_counts_and_names_the_checks() -> None:
    readme, table = (Path(file).read_text(encoding="utf-8") for file in ("README.md", "docs/verifying.md"))
    assert len(CHECKS) == 10
    assert "runs [ten checks](docs/verifying.md)" in readme
    assert re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE) == [check.name for check in (*CHECKS, AUDIT)]
