"""Check 1 reports services that are not there, not complete, or not as the settings want them."""

from collections.abc import Callable
from dataclasses import replace

from environments import Environment
from operations.verification.checks.service import check_service
from operations.verification.findings import Seen, Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.seeded import ALL_ON, Seeded

Look = Callable[[], Platform]


def told(seen: Seen) -> list[tuple[Status, str]]:
    return [(finding.status, finding.reason) for finding in seen.findings]


def test_complete_services_pass_and_are_counted(look: Look) -> None:
    seen = check_service(look())
    assert seen.findings == ()
    counts = {"services": 3, "running_tasks": 5, "desired_tasks": 5}
    assert seen.counts == counts | {"jobs": 0, "enabled_schedules": 0}
    assert seen.summary == "5 of 5 tasks of 3 services run"


def test_service_scaled_below_the_settings_fails(dev: Seeded, look: Look) -> None:
    dev.update("backend", desiredCount=1)
    assert told(check_service(look())) == [
        (Status.FAIL, "backend: the service is scaled to 1, but environments/dev.toml says 2")
    ]


def test_service_scaled_above_the_settings_is_a_warning(dev: Seeded, look: Look) -> None:
    dev.update("backend", desiredCount=3)
    (finding,) = check_service(look()).findings
    assert (finding.status, finding.id) == (Status.WARN, "backend.scaled")


def test_a_count_that_aws_decides_is_no_fault(
    dev: Seeded, look: Look, load_dev: Callable[[dict[str, str]], Environment]
) -> None:
    bounds = "{min_count = 1, max_count = 4, cpu_percent = 60}"
    autoscaled = load_dev(ALL_ON | {"DEV__SERVICES__BACKEND__AUTOSCALING": bounds})
    dev.update("backend", desiredCount=1)
    assert check_service(replace(look(), environment=autoscaled)).findings == ()


def test_fewer_tasks_than_desired_fail_with_the_latest_event(dev: Seeded, look: Look) -> None:
    service = dev.moto_service("frontend")
    service.running_count = 1
    service.events = [{"message": "unable to place a task"}]
    (finding,) = check_service(look()).findings
    assert (finding.status, finding.reason) == (Status.FAIL, "frontend: 1 of 2 tasks run")
    assert finding.remedy == "its latest event says: unable to place a task"


def test_more_tasks_than_desired_are_no_fault(dev: Seeded, look: Look) -> None:
    dev.moto_service("frontend").running_count = 3
    assert check_service(look()).findings == ()


def test_rollout_that_goes_on_fails(dev: Seeded, look: Look) -> None:
    dev.moto_service("backend").deployments[0].update(rolloutState="IN_PROGRESS", rolloutStateReason="1 of 2")
    (finding,) = check_service(look()).findings
    assert finding.reason == "backend: the rollout is IN_PROGRESS, not COMPLETED: 1 of 2"
    assert finding.remedy == "wait until it has completed, then run this again"


def test_rollout_of_an_unknown_state_fails(dev: Seeded, look: Look) -> None:
    del dev.moto_service("backend").deployments[0]["rolloutState"]
    assert [finding.id for finding in check_service(look()).findings] == ["backend.rollout"]


def test_service_that_is_not_there_fails(dev: Seeded, look: Look) -> None:
    name = dev.environment.service_name("frontend")
    dev.clients.ecs.delete_service(cluster=dev.environment.cluster_name, service=name, force=True)
    (finding,) = check_service(look()).findings
    assert finding.status is Status.FAIL
    assert finding.id in ("frontend.missing", "frontend.inactive")
