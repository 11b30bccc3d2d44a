"""A valid environment's file, changed as each test says."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from environments import Environment, SettingsError, load
from tests.unit.toml_text import toml

VALID: dict[str, object] = {
    "project": "davidshaevel",
    "region": "us-east-1",
    "account_id": "123456789012",
    "domain": "davidshaevel.com",
    "namespace": "davidshaevel.local",
    "network.cidr": "10.0.0.0/16",
    "network.zones": ["us-east-1a", "us-east-1b"],
    "network.public_subnets": ["10.0.1.0/24", "10.0.2.0/24"],
    "network.private_app_subnets": ["10.0.11.0/24", "10.0.12.0/24"],
    "network.private_db_subnets": ["10.0.21.0/24", "10.0.22.0/24"],
    "network.nat_gateways": "none",
    "network.flow_logs": False,
    "database.instance_class": "db.t3.micro",
    "database.multi_az": False,
    "database.deletion_protection": False,
    "load_balancer.deletion_protection": False,
    "services.backend.image": "backend:1.0.0",
    "services.backend.port": 3001,
    "services.backend.routes.api.paths": ["/api/*"],
    "services.backend.routes.api.priority": 100,
    "services.frontend.image": "frontend:1.0.0",
    "services.frontend.port": 3000,
    "services.frontend.default_route": True,
    "services.prometheus.kind": "prometheus",
    "registry.create_repositories": True,
}

Loader = Callable[..., Environment]
Reporter = Callable[..., list[str]]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of the valid settings with changes (None deletes a key) and return its folder."""

    def file(changes: Mapping[str, object] = {}, name: str = "dev") -> Path:
        lines = (f"{key} = {toml(value)}" for key, value in {**VALID, **changes}.items() if value is not None)
        folder = tmp_path / "environments"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.toml").write_text("\n".join(lines), encoding="utf-8")
        return folder

    return file


@pytest.fixture
def loaded(write: Callable[..., Path]) -> Loader:
    """Load the valid environment with changes, under overrides."""

    def environment(changes: Mapping[str, object] = {}, name: str = "dev", **variables: str) -> Environment:
        return load(name, folder=write(changes, name), variables=variables)

    return environment


@pytest.fixture
def faults(loaded: Loader) -> Reporter:
    """Return the lines of the report on the valid environment with changes, without its heading."""

    def lines(*args: object, **kwargs: object) -> list[str]:
        with pytest.raises(SettingsError) as caught:
            loaded(*args, **kwargs)
        return [line.strip() for line in str(caught.value).splitlines()[1:]]

    return lines
