"""The configuration of the Prometheus server: whom it asks for metrics, and what it keeps of the answers."""

from typing import Any

import yaml

from .containers import PORT

SCRAPE_INTERVAL = "15s"
METRICS_PATH = "/api/metrics"


def scrape_config(*, environment: str, platform: str, backend_dns_name: str, frontend_dns_name: str) -> str:
    """Render prometheus.yml: the two applications found by their SRV records, and the server itself.

    https://prometheus.io/docs/prometheus/latest/configuration/configuration/
    """
    config = {
        "global": {
            "scrape_interval": SCRAPE_INTERVAL,
            "evaluation_interval": SCRAPE_INTERVAL,
            "external_labels": {"environment": environment, "platform": platform},
        },
        "scrape_configs": [
            _application("backend", backend_dns_name),
            _application("frontend", frontend_dns_name),
            _job("prometheus", static_configs=[{"targets": [f"localhost:{PORT}"]}]),
        ],
    }
    return yaml.safe_dump(config, sort_keys=False)


def _application(name: str, dns_name: str) -> dict[str, Any]:
    keep = {"source_labels": ["__name__"], "regex": f"nodejs_.*|{name}_.*", "action": "keep"}
    return _job(
        name,
        metrics_path=METRICS_PATH,
        # SRV, because only it carries the port.
        dns_sd_configs=[{"names": [dns_name], "type": "SRV", "refresh_interval": SCRAPE_INTERVAL}],
        metric_relabel_configs=[keep],
    )


def _job(name: str, **discovery: object) -> dict[str, Any]:
    return {
        "job_name": name,
        **discovery,
        "relabel_configs": [{"source_labels": ["job"], "target_label": "service"}],
    }
