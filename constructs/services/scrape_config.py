"""The configuration of a Prometheus server: what it scrapes, and which metrics it keeps."""

from typing import Any

import yaml

from environments import Environment

SCRAPE_INTERVAL = "15s"
# Of the server's own metrics; those of its Go runtime and of its process are left out.
KEPT_OF_SERVER = (
    "build_info",
    "config_.*",
    "engine_.*",
    "http_.*",
    "notifications_.*",
    "rule_.*",
    "target_.*",
    "tsdb_.*",
)


def scrape_config(environment: Environment, server: str) -> str:
    """Render prometheus.yml: each service with metrics, found by its SRV records, and the server itself.

    https://prometheus.io/docs/prometheus/latest/configuration/configuration/
    """
    scraped = environment.metrics_paths
    itself = f"localhost:{environment.services[server].port}"
    config = {
        "global": {
            "scrape_interval": SCRAPE_INTERVAL,
            "evaluation_interval": SCRAPE_INTERVAL,
            "external_labels": {"environment": environment.name, "platform": environment.project},
        },
        "scrape_configs": [
            *(_service(name, path, environment.dns_name(name)) for name, path in scraped.items()),
            _job(server, static_configs=[{"targets": [itself]}], metric_relabel_configs=[_keep(_own_metrics())]),
        ],
    }
    return yaml.safe_dump(config, sort_keys=False)


def _service(name: str, metrics_path: str, dns_name: str) -> dict[str, Any]:
    return _job(
        name,
        metrics_path=metrics_path,
        # SRV, because only it carries the port.
        dns_sd_configs=[{"names": [dns_name], "type": "SRV", "refresh_interval": SCRAPE_INTERVAL}],
        metric_relabel_configs=[_keep(f"nodejs_.*|{name}_.*")],
    )


def _job(name: str, **discovery: object) -> dict[str, Any]:
    return {
        "job_name": name,
        **discovery,
        "relabel_configs": [{"source_labels": ["job"], "target_label": "service"}],
    }


def _own_metrics() -> str:
    names = "|".join(f"prometheus_{name}" for name in KEPT_OF_SERVER)
    return f"^(up|{names})$"


def _keep(regex: str) -> dict[str, Any]:
    return {"source_labels": ["__name__"], "regex": regex, "action": "keep"}
