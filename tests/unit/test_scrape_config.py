"""Whom Prometheus asks for metrics, and what it keeps of the answers."""

from typing import Any

import pytest
import yaml

from tests.unit.stack_json import Stack, Synth


def config(stack: Stack) -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load(stack["aws_s3_object.prometheus_config"]["content"])
    return parsed


def job(stack: Stack, name: str) -> dict[str, Any]:
    (found,) = [each for each in config(stack)["scrape_configs"] if each["job_name"] == name]
    return dict(found)


def test_it_asks_every_15_seconds_and_says_where_it_stands(dev: Stack) -> None:
    assert config(dev)["global"] == {
        "scrape_interval": "15s",
        "evaluation_interval": "15s",
        "external_labels": {"environment": "dev", "platform": "davidshaevel"},
    }


def test_there_are_three_jobs(dev: Stack) -> None:
    names = [each["job_name"] for each in config(dev)["scrape_configs"]]
    assert names == ["backend", "frontend", "prometheus"]


@pytest.mark.parametrize("name", ["backend", "frontend"])
def test_an_application_is_asked_on_its_real_path_and_its_own_metrics_are_kept(dev: Stack, name: str) -> None:
    assert job(dev, name)["metrics_path"] == "/api/metrics"
    assert job(dev, name)["metric_relabel_configs"] == [
        {"source_labels": ["__name__"], "regex": f"nodejs_.*|{name}_.*", "action": "keep"}
    ]


@pytest.mark.parametrize("name", ["backend", "frontend"])
def test_an_application_is_found_by_the_srv_record_that_cloud_map_registers(synth: Synth, name: str) -> None:
    stack = synth(DEV__NAMESPACE="acme.internal")
    namespace = stack["aws_service_discovery_private_dns_namespace.service_discovery"]["name"]
    registered = stack["aws_service_discovery_service.service_discovery"]["for_each"][name]
    (discovery,) = job(stack, name)["dns_sd_configs"]
    assert (discovery["names"], discovery["type"]) == ([f"{registered}.{namespace}"], "SRV")


def test_the_server_asks_itself(dev: Stack) -> None:
    assert job(dev, "prometheus")["static_configs"] == [{"targets": ["localhost:9090"]}]


@pytest.mark.parametrize("name", ["backend", "frontend", "prometheus"])
def test_every_job_is_a_service_too(dev: Stack, name: str) -> None:
    assert job(dev, name)["relabel_configs"] == [{"source_labels": ["job"], "target_label": "service"}]
