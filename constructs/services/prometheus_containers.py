"""The two containers of the Prometheus task: one fetches the configuration, the other serves."""

import hashlib

from environments.prometheus import PrometheusSettings

from .container import Container, HealthCheck, LogDriver
from .storage import ConfigBucket

VOLUME = "prometheus-data"

_CONFIG_SYNC = "init-config-sync"
_HOME = "/prometheus"
_DATA = f"{_HOME}/data"
_CONFIG_FILE = f"{_HOME}/prometheus.yml"
_CONSOLES = "/usr/share/prometheus"
# The user of the server's image; a new volume belongs to root.
_NOBODY = "65534"


def config_sync(settings: PrometheusSettings, *, config: ConfigBucket, log_driver: LogDriver) -> Container:
    """Return the container that prepares the volume and copies the configuration, then ends.

    A digest of the configuration is among its variables: changing it is a new revision, so the server starts with it.
    """
    script = (
        f"set -e; mkdir -p {_DATA}; chown -R {_NOBODY}:{_NOBODY} {_HOME}; "
        f"aws s3 cp s3://{config.resource.bucket}/{config.key} {_CONFIG_FILE}"
    )
    return Container(
        name=_CONFIG_SYNC,
        image=settings.config_sync_image,
        essential=False,
        entry_point=["/bin/sh", "-c"],
        command=[script],
        environment={"CONFIG_SHA256": hashlib.sha256(config.content.encode()).hexdigest()},
        mounts={VOLUME: _HOME},
        log_driver=log_driver,
    )


def server(name: str, settings: PrometheusSettings, *, log_driver: LogDriver, init_process_enabled: bool) -> Container:
    """Return the container of the server, which starts once its configuration is there.

    https://prometheus.io/docs/prometheus/latest/command-line/prometheus/
    """
    check_config = f"promtool check config {_CONFIG_FILE}"
    return Container(
        name=name,
        image=settings.image,
        user=_NOBODY,
        command=[
            f"--config.file={_CONFIG_FILE}",
            f"--storage.tsdb.path={_DATA}",
            f"--storage.tsdb.retention.time={settings.retention_days}d",
            f"--web.console.libraries={_CONSOLES}/console_libraries",
            f"--web.console.templates={_CONSOLES}/consoles",
            "--web.enable-lifecycle",
        ],
        port=settings.port,
        mounts={VOLUME: _HOME},
        starts_after={_CONFIG_SYNC: "SUCCESS"},
        health_check=HealthCheck(["CMD-SHELL", f"{check_config} && nc -z localhost {settings.port}"]),
        init_process_enabled=init_process_enabled,
        log_driver=log_driver,
    )
