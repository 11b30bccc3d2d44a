"""Dev on moto, as it was deployed, for each test, and what the checks are given of it."""

import json
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from moto import mock_aws

from environments import Environment, load
from operations.aws.clients import Clients
from operations.verification.deployed import read_deployed
from operations.verification.platform import Platform
from tests.unit.live_settings import write_live_settings
from tests.unit.operations.verification.container import Container
from tests.unit.operations.verification.saved import SavedEnvironments
from tests.unit.operations.verification.seeded import ALL_ON, Seeded
from tests.unit.operations.verification.tls import certificate, proxy, site

Pages = dict[str, tuple[int, str]]
Statuses = dict[str, int]


@pytest.fixture(scope="session")
def clients() -> Iterator[Clients]:
    """Clients of moto; it takes the place of AWS wherever a client was made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        yield Clients.of(load("dev"))


@pytest.fixture(scope="session")
def load_dev(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, str]], Environment]:
    """Load dev with its live services alone, under these overrides."""
    folder = write_live_settings(tmp_path_factory.mktemp("live"))
    return lambda variables: load("dev", folder=folder, variables=variables)


@pytest.fixture
def environment(load_dev: Callable[[dict[str, str]], Environment]) -> Environment:
    """What is deployed: dev, with ECS Exec on for every service."""
    return load_dev(ALL_ON)


@pytest.fixture(scope="session")
def saved(clients: Clients) -> SavedEnvironments:
    """The environments that tests have deployed so far."""
    return SavedEnvironments(clients)


@pytest.fixture
def dev(saved: SavedEnvironments, environment: Environment) -> Iterator[Seeded]:
    """The environment, deployed."""
    with mock_aws():
        yield saved.seed(environment)


@pytest.fixture
def container(tmp_path: Path) -> Container:
    """A container with nothing but a shell in it."""
    return Container(tmp_path / "container")


@pytest.fixture
def look(dev: Seeded, container: Container) -> Callable[[], Platform]:
    """Read what runs now, as a check is given it."""

    def platform() -> Platform:
        deployed = read_deployed(dev.environment, dev.clients)
        return Platform(dev.environment, dev.clients, deployed, container, time.monotonic() + 30)

    return platform


@pytest.fixture
def pages(environment: Environment) -> Pages:
    """What Prometheus answers, by path; a test changes it."""
    scraped = (*environment.metrics_paths, *environment.scrapers)
    jobs = [job for job in scraped for _ in range(environment.desired_counts[job])]
    up = [{"labels": {"job": job}, "health": "up"} for job in jobs]
    return {
        "/-/healthy": (200, "Prometheus Server is Healthy.\n"),
        "/-/ready": (200, "Prometheus Server is Ready.\n"),
        "/api/v1/targets": (200, json.dumps({"status": "success", "data": {"activeTargets": up}})),
    }


@pytest.fixture
def prometheus_port(pages: Pages) -> Iterator[int]:
    """Serve the pages on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = pages.get(self.path.partition("?")[0], (404, ""))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def statuses() -> Statuses:
    """The statuses with which the public site answers, by path; a test changes it."""
    return {}


@pytest.fixture
def internet(tmp_path: Path, statuses: Statuses, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the domain's names lead to a site on loopback, whose certificate this process trusts."""
    made = certificate(*load("dev").domains)
    (tmp_path / "trusted.pem").write_bytes(made.certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with site(tmp_path, made, statuses) as port, proxy(port) as proxy_port:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy_port}")
        yield
