"""The names that the checks look for are those that the stack deploys."""

import re
import time
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from environments import load
from operations import verification
from operations.verification.checks import AUDIT, CHECKS
from operations.verification.platform import Platform
from tests.unit.stack_json import Synth

DEV = load("dev", variables={})
PLATFORM = Platform(DEV, None, {}, None, time.monotonic())  # type: ignore[arg-type] # it is asked for names alone
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


@pytest.mark.parametrize("service", SERVICES)
def test_service_logs_to_streams_of_a_known_prefix(synth: Synth, service: str) -> None:
    log = synth().containers(service)[service]["logConfiguration"]
    assert log["logDriver"] == "awslogs"
    assert log["options"]["awslogs-stream-prefix"]


def test_prometheus_has_a_job_for_every_service(synth: Synth) -> None:
    config = yaml.safe_load(synth()["aws_s3_object.prometheus_config"]["content"])
    assert sorted(job["job_name"] for job in config["scrape_configs"]) == sorted(SERVICES)


def test_metrics_server_and_dns_client_are_services() -> None:
    assert {PLATFORM.metrics_server, PLATFORM.dns_client} <= set(SERVICES)


def test_public_services_are_those_behind_the_load_balancer(synth: Synth) -> None:
    services = synth().of_type("aws_ecs_service").items()
    assert set(PLATFORM.public_services) == {name for name, service in services if service.get("load_balancer")}


def test_public_paths_are_those_of_the_health_checks(synth: Synth) -> None:
    groups = synth().of_type("aws_lb_target_group").values()
    assert sorted(PLATFORM.public_paths) == sorted(group["health_check"]["path"] for group in groups)


def test_load_balancer_is_found_by_its_name(synth: Synth) -> None:
    assert synth()["aws_lb.load_balancer"]["name"] == f"{DEV.prefix}-alb"


def test_database_is_found_by_its_name(synth: Synth) -> None:
    assert synth()["aws_db_instance.database"]["identifier"] == f"{DEV.project}-{DEV.name}-db"


def test_distribution_is_found_by_its_domains(synth: Synth) -> None:
    assert synth()["aws_cloudfront_distribution.cdn"]["aliases"] == list(DEV.domains)


def test_documentation_counts_and_names_the_checks() -> None:
    readme, table = (Path(file).read_text(encoding="utf-8") for file in ("README.md", "docs/verifying.md"))
    assert len(CHECKS) == 10
    assert "runs [ten checks](docs/verifying.md)" in readme
    assert re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE) == [check.name for check in (*CHECKS, AUDIT)]


def test_services_are_named_in_one_place_alone() -> None:
    """Everything else looks over the services that the settings have."""
    named = re.compile(rf"\b({'|'.join(SERVICES)})\b")
    folder = Path(verification.__file__).parent
    files = [file for file in folder.rglob("*.py") if "audit" not in file.parts and file.name != "platform.py"]
    assert [f"{file.name}: {text}" for file in files for text in strings(file) if named.search(text)] == []


def strings(file: Path) -> Iterator[str]:
    """Return what stands in quotes but for docstrings; URLs may say whatever they like."""
    with file.open("rb") as text:
        for token in tokenize.tokenize(text.readline):
            if token.type == tokenize.STRING and not token.string.startswith('"""'):
                yield re.sub(r"https?://\S+", "", token.string)
