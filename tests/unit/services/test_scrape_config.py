"""What a Prometheus scrapes, and which metrics it keeps."""

from typing import Any

import yaml

from tests.unit.kinds import Kinds
from tests.unit.stack_json import Stack, Synth


def config(stack: Stack, server: str = "metrics") -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load(stack[f"aws_s3_object.{server}_config"]["content"])
    return parsed


def jobs(stack: Stack, server: str = "metrics") -> dict[str, dict[str, Any]]:
    return {job["job_name"]: job for job in config(stack, server)["scrape_configs"]}


def test_it_asks_every_15_seconds_and_says_where_it_stands(platform: Stack) -> None:
    assert config(platform)["global"] == {
        "scrape_interval": "15s",
        "evaluation_interval": "15s",
        "external_labels": {"environment": "dev", "platform": "acme"},
    }


def test_live_dev_has_three_jobs(dev: Stack) -> None:
    assert list(jobs(dev, "prometheus")) == ["backend", "frontend", "prometheus"]


def test_a_service_with_metrics_has_a_job(kinds: Kinds, platform: Stack) -> None:
    assert set(jobs(platform)) == {"orders", "metrics"}
    assert set(jobs(kinds(ledger={"metrics_path": "/m"}))) == {"orders", "ledger", "metrics"}


def test_a_job_asks_the_services_path_and_keeps_its_own_metrics(platform: Stack) -> None:
    job = jobs(platform)["orders"]
    assert job["metrics_path"] == "/metrics"
    assert job["metric_relabel_configs"] == [
        {"source_labels": ["__name__"], "regex": "nodejs_.*|orders_.*", "action": "keep"}
    ]


def test_a_service_is_found_by_the_srv_record_of_cloud_map(synth: Synth) -> None:
    stack = synth(DEV__NAMESPACE="acme.internal")
    namespace = stack["aws_service_discovery_private_dns_namespace.service_discovery"]["name"]
    registered = stack["aws_service_discovery_service.service_discovery"]["for_each"]["backend"]
    (discovery,) = jobs(stack, "prometheus")["backend"]["dns_sd_configs"]
    assert (discovery["names"], discovery["type"]) == ([f"{registered}.{namespace}"], "SRV")


def test_the_server_asks_itself(platform: Stack) -> None:
    assert jobs(platform)["metrics"]["static_configs"] == [{"targets": ["localhost:9090"]}]


def test_every_job_is_a_service_too(platform: Stack) -> None:
    for job in jobs(platform).values():
        assert job["relabel_configs"] == [{"source_labels": ["job"], "target_label": "service"}]
