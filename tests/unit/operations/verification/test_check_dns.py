"""Check 6 asks in the backend's container: the name resolves, and Prometheus answers under it."""

from collections.abc import Callable

from operations.verification.checks.dns import check_dns
from operations.verification.findings import Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.conftest import Pages
from tests.unit.operations.verification.container import Container
from tests.unit.operations.verification.seeded import Seeded

Look = Callable[[], Platform]
NAME = "prometheus.davidshaevel.local"


def test_name_that_resolves_and_answers_passes(container: Container, prometheus_port: int, look: Look) -> None:
    container.install("curl").lead(prometheus_port).write("getent", 'echo "127.0.0.1 $2"')
    seen = check_dns(look())
    assert (seen.summary, seen.findings) == ("1 name of 1 resolved in 1 service", ())


def test_name_that_does_not_resolve_is_the_one_fault(container: Container, look: Look) -> None:
    container.install("curl", "getent")
    (finding,) = check_dns(look()).findings
    assert (finding.status, finding.id) == (Status.FAIL, "backend.name")
    assert finding.reason == f"{NAME} does not resolve in the backend: exit status 2"


def test_server_that_is_not_reached_under_its_name_fails(container: Container, look: Look) -> None:
    container.install("curl").lead(1).write("getent", 'echo "127.0.0.1 $2"')
    (finding,) = check_dns(look()).findings
    assert finding.status is Status.FAIL
    assert finding.reason.startswith(f"http://{NAME}:9090/-/healthy answers ")


def test_another_server_under_the_name_fails(
    container: Container, prometheus_port: int, pages: Pages, look: Look
) -> None:
    pages["/-/healthy"] = (200, "OK")
    container.install("curl").lead(prometheus_port).write("getent", 'echo "127.0.0.1 $2"')
    (finding,) = check_dns(look()).findings
    assert finding.reason == f"http://{NAME}:9090/-/healthy answers 'OK'"


def test_exec_on_in_the_settings_but_off_in_the_task_warns(dev: Seeded, look: Look) -> None:
    dev.update("backend", enableExecuteCommand=False, forceNewDeployment=True)
    (finding,) = check_dns(look()).findings
    assert (finding.status, finding.id) == (Status.WARN, "backend.exec-off")
    assert finding.remedy == "cdktf deploy dev, which replaces its tasks"
