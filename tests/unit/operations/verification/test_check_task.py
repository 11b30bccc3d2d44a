"""Check 2 reports containers that are not in the state that they should be in."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from operations.verification.checks.task import check_task
from operations.verification.findings import Finding, Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.seeded import Seeded

Look = Callable[[], Platform]


def change(dev: Seeded, container: str, **state: object) -> None:
    """Put every container of this name into a state, which no call of the API brings about."""
    for each in containers(dev, container):
        each.update(state)


def containers(dev: Seeded, name: str) -> Iterator[dict[str, Any]]:
    for task in dev.moto_tasks():
        yield from (each for each in task.containers if each["name"] == name)


def only(findings: tuple[Finding, ...]) -> Finding:
    (finding,) = findings
    return finding


def test_containers_in_order_pass_and_are_counted(look: Look) -> None:
    seen = check_task(look())
    assert seen.findings == ()
    assert seen.counts == {"tasks": 5, "containers": 6, "healthy_containers": 5}


def test_unhealthy_container_fails(dev: Seeded, look: Look) -> None:
    change(dev, "prometheus", healthStatus="UNHEALTHY")
    finding = only(check_task(look()).findings)
    assert (finding.status, finding.id) == (Status.FAIL, "prometheus.prometheus.health")
    assert finding.reason.endswith("container prometheus is UNHEALTHY")


def test_container_whose_health_is_not_known_yet_is_a_warning(dev: Seeded, look: Look) -> None:
    change(dev, "prometheus", healthStatus="UNKNOWN")
    finding = only(check_task(look()).findings)
    assert (finding.status, finding.remedy) == (Status.WARN, "wait a minute, then run this again")


def test_container_without_a_health_check_is_a_warning(dev: Seeded, look: Look) -> None:
    dev.define("prometheus", healthCheck=None)
    finding = only(check_task(look()).findings)
    assert finding.status is Status.WARN
    assert "has no health check" in finding.reason


def test_an_essential_container_that_stopped_fails_with_why(dev: Seeded, look: Look) -> None:
    change(dev, "prometheus", lastStatus="STOPPED", reason="OutOfMemoryError")
    finding = only(check_task(look()).findings)
    assert (finding.status, finding.id) == (Status.FAIL, "prometheus.prometheus.running")
    assert finding.reason.endswith("container prometheus is STOPPED, not RUNNING: OutOfMemoryError")


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"exitCode": 1}, "ended with 1, not with 0"),
        ({"exitCode": None}, "ended without an exit code, not with 0"),
        ({"lastStatus": "RUNNING"}, "is RUNNING, but should have ended"),
    ],
)
def test_init_container_that_has_not_ended_with_0_fails(
    dev: Seeded, look: Look, state: dict[str, object], reason: str
) -> None:
    change(dev, "init-config-sync", **state)
    finding = only(check_task(look()).findings)
    assert finding.status is Status.FAIL
    assert finding.reason.endswith(reason)


def test_containers_are_known_by_name_in_any_order(dev: Seeded, look: Look) -> None:
    for task in dev.moto_tasks():
        task.containers.reverse()
    assert check_task(look()).findings == ()


def test_tasks_of_an_earlier_deployment_are_not_looked_at(dev: Seeded, look: Look) -> None:
    change(dev, "backend", healthStatus="UNHEALTHY")
    for task in dev.moto_tasks():
        task.started_by = "ecs-svc/1" if task.group.endswith("-backend") else task.started_by
    finding = only(check_task(look()).findings)
    assert finding.reason == "backend: no task of the deployed revision runs"


def test_a_desired_count_of_0_is_a_skip_that_names_the_setting(dev: Seeded, look: Look) -> None:
    dev.update("backend", desiredCount=0)
    finding = only(check_task(look()).findings)
    assert finding.status is Status.SKIP
    assert finding.remedy.startswith("raise services.backend.desired_count in environments/dev.toml")


def test_container_that_is_not_essential_may_stop(dev: Seeded, look: Look) -> None:
    sidecar = {"name": "sidecar", "image": "sidecar:1", "essential": False}
    dev.update("backend", taskDefinition=dev.register("backend", [sidecar, *dev.containers("backend")]))
    change(dev, "sidecar", lastStatus="STOPPED", exitCode=1)
    assert check_task(look()).findings == ()
