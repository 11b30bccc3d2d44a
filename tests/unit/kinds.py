"""A platform with a service of each kind; none of them has the name of a live one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from tests.unit.stack_json import Stack
from tests.unit.toml_text import toml

Tables = Mapping[str, Mapping[str, Any] | None]

SERVICES: Tables = {
    "site": {"image": "site:1", "port": 3000, "default_route": True, "connects_to": ["orders"]},
    "orders": {
        "image": "orders:1",
        "port": 8080,
        "routes": {"api": {"paths": ["/orders/*"], "priority": 10}},
        "connects_to": ["database", "ledger"],
        "metrics_path": "/metrics",
    },
    "ledger": {"image": "ledger:1", "port": 9000, "connects_to": ["database"]},
    "worker": {"image": "worker:1", "connects_to": ["database", "ledger"]},
    "nightly": {"image": "worker:1", "command": ["node", "nightly.js"], "schedule": "cron(0 3 * * ? *)"},
    "metrics": {"kind": "prometheus"},
}
PUBLIC, LISTENING = ("site", "orders"), ("site", "orders", "ledger", "metrics")
APPLICATIONS = ("site", "orders", "ledger", "worker", "nightly")
RUNNING = ("site", "orders", "ledger", "worker", "metrics")

PLATFORM: Mapping[str, Any] = {
    "project": "acme",
    "region": "us-east-1",
    "account_id": "123456789012",
    "domain": "acme.org",
    "namespace": "acme.internal",
    "network": {
        "cidr": "10.0.0.0/16",
        "zones": ["us-east-1a", "us-east-1b"],
        "public_subnets": ["10.0.1.0/24", "10.0.2.0/24"],
        "private_app_subnets": ["10.0.11.0/24", "10.0.12.0/24"],
        "private_db_subnets": ["10.0.21.0/24", "10.0.22.0/24"],
        "nat_gateways": "single",
        "flow_logs": False,
    },
    "database": {"instance_class": "db.t3.micro", "multi_az": False, "deletion_protection": False},
    "load_balancer": {"deletion_protection": False},
    "registry": {"create_repositories": True},
}


class Kinds(Protocol):
    """Synthesizes the platform with a service of each kind: ``kinds(worker={"cpu": 512})``, ``kinds(worker=None)``."""

    def __call__(self, variables: Mapping[str, str] = {}, /, **services: Mapping[str, Any] | None) -> Stack: ...


def changed(services: Tables) -> Tables:
    """Return the services of each kind with the keys of some tables changed; None instead of a table removes one."""
    merged = {name: {**(SERVICES.get(name) or {}), **(services.get(name) or {})} for name in {**SERVICES, **services}}
    return {name: table for name, table in merged.items() if services.get(name, {}) is not None}


def write(folder: Path, services: Tables) -> Path:
    """Write an environment, dev, with these services and return its folder."""
    text = "\n".join(f"{key} = {toml(value)}" for key, value in {**PLATFORM, "services": services}.items())
    (folder / "dev.toml").write_text(text, encoding="utf-8")
    return folder
