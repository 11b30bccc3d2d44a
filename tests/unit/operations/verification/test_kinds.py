"""Each kind of service is verified as what it is: workers, jobs, and no, one or several Prometheus."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from environments import load
from operations.verification.audit.exposure import audit_exposure
from operations.verification.checks.cloud_map import check_cloud_map
from operations.verification.checks.dns import check_dns
from operations.verification.checks.http import check_http
from operations.verification.checks.logs import check_logs
from operations.verification.checks.service import check_service
from operations.verification.checks.task import check_task
from operations.verification.deployed import read_deployed
from operations.verification.findings import CannotCheckError, Finding, Seen, Status
from operations.verification.platform import Platform
from tests.unit.kinds import changed, write
from tests.unit.operations.verification.conftest import Pages
from tests.unit.operations.verification.container import Container
from tests.unit.operations.verification.saved import SavedEnvironments
from tests.unit.operations.verification.seeded import Seeded

Deploy = Callable[..., Seeded]
TARGETS = '{{"status": "success", "data": {{"activeTargets": [{0}]}}}}'
EXEC_ON = {"DEV__EXEC__ORDERS": "true", "DEV__EXEC__METRICS": "true"}


@pytest.fixture
def deploy(saved: SavedEnvironments, tmp_path: Path) -> Iterator[Deploy]:
    """Deploy a service of each kind, with some changed, and with ECS Exec on for two of them."""

    def deployed(variables: Mapping[str, str] = EXEC_ON, /, **services: Mapping[str, Any] | None) -> Seeded:
        return saved.seed(load("dev", folder=write(tmp_path, changed(services)), variables=variables))

    with mock_aws():
        yield deployed


@pytest.fixture
def ask(container: Container) -> Callable[[Seeded], Platform]:
    """Read what runs, as a check is given it."""

    def platform(seeded: Seeded) -> Platform:
        deployed = read_deployed(seeded.environment, seeded.clients)
        return Platform(seeded.environment, seeded.clients, deployed, container, time.monotonic() + 30)

    return platform


Ask = Callable[[Seeded], Platform]


def up(*jobs: str) -> tuple[int, str]:
    """Return Prometheus's page of targets that are up."""
    return 200, TARGETS.format(", ".join(f'{{"labels": {{"job": "{job}"}}, "health": "up"}}' for job in jobs))


def told(seen: Seen) -> list[tuple[Status, str]]:
    return [(finding.status, finding.id) for finding in seen.findings]


def skipped(check: Callable[[Platform], Seen], platform: Platform) -> Finding:
    with pytest.raises(CannotCheckError) as caught:
        check(platform)
    assert caught.value.finding.status is Status.SKIP
    return caught.value.finding


def test_a_platform_of_all_kinds_passes(deploy: Deploy, ask: Ask) -> None:
    platform = ask(deploy())
    for check in (check_service, check_task, check_logs, check_cloud_map):
        assert check(platform).findings == ()


def test_a_job_is_counted_by_its_schedule(deploy: Deploy, ask: Ask) -> None:
    seen = check_service(ask(deploy()))
    assert (seen.counts["services"], seen.counts["jobs"], seen.counts["enabled_schedules"]) == (5, 1, 1)
    assert seen.summary.endswith(" of 5 services run, 1 of 1 job scheduled")


def test_workers_are_not_expected_in_cloud_map(deploy: Deploy, ask: Ask) -> None:
    assert check_cloud_map(ask(deploy())).counts["names"] == 4


def test_a_job_without_a_schedule_fails(deploy: Deploy, ask: Ask) -> None:
    seeded = deploy()
    seeded.clients.scheduler.delete_schedule(Name="dev-acme-nightly")
    (finding,) = check_service(ask(seeded)).findings
    assert (finding.status, finding.id) == (Status.FAIL, "nightly.schedule")
    assert (finding.reason, finding.remedy) == ("nightly: there is no schedule dev-acme-nightly", "cdktf deploy dev")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"State": "DISABLED"}, "its schedule is DISABLED, not ENABLED, so it does not run"),
        (
            {"State": "ENABLED", "ScheduleExpression": "rate(1 day)"},
            "it runs at rate(1 day), but environments/dev.toml says cron(0 3 * * ? *)",
        ),
    ],
)
def test_a_changed_schedule_fails(deploy: Deploy, ask: Ask, changes: dict[str, str], reason: str) -> None:
    seeded = deploy()
    scheduler = seeded.clients.scheduler
    schedule = scheduler.get_schedule(Name="dev-acme-nightly")
    kept = {key: schedule[key] for key in ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")}
    scheduler.update_schedule(**kept | changes)
    (finding,) = check_service(ask(seeded)).findings
    assert (finding.status, finding.reason) == (Status.FAIL, f"nightly: {reason}")


def test_an_error_of_a_jobs_run_fails(deploy: Deploy, ask: Ask) -> None:
    seeded = deploy()
    seeded.log_of("run1", "level=info msg=fine", service="nightly")
    seeded.log_of("run2", "level=error msg=oops", service="nightly")
    seen = check_logs(ask(seeded))
    assert told(seen) == [(Status.FAIL, "nightly.errors")]
    assert (seen.counts["lines"], seen.counts["errors"]) == (3, 1)


def test_an_error_before_the_jobs_revision_is_not_counted(deploy: Deploy, ask: Ask) -> None:
    seeded = deploy()
    seeded.log_of("run", "level=error msg=old", service="nightly", ago=timedelta(hours=1))
    assert check_logs(ask(seeded)).findings == ()


def test_since_reads_further_back_for_a_job_too(deploy: Deploy, ask: Ask) -> None:
    seeded = deploy()
    seeded.log_of("run", "level=error msg=old", service="nightly", ago=timedelta(hours=1))
    platform = replace(ask(seeded), since=datetime.now(UTC) - timedelta(hours=2))
    assert told(check_logs(platform)) == [(Status.FAIL, "nightly.errors")]


def test_a_job_whose_log_is_missing_has_logged_nothing(deploy: Deploy, ask: Ask) -> None:
    seeded = deploy()
    seeded.clients.logs.delete_log_group(logGroupName=seeded.log_group("nightly"))
    assert check_logs(ask(seeded)).findings == ()


@pytest.mark.parametrize("check", [check_http, check_dns])
def test_without_a_scraper_there_is_nothing_to_ask(deploy: Deploy, ask: Ask, check: Callable[[Platform], Seen]) -> None:
    finding = skipped(check, ask(deploy({}, metrics=None)))
    assert finding.reason == "no service of dev is a Prometheus, which this asks"
    assert finding.remedy.startswith('add a service with kind = "prometheus" to environments/dev.toml')


def test_without_a_scraper_no_startup_line_is_missed(deploy: Deploy, ask: Ask) -> None:
    assert told(check_logs(ask(deploy({}, metrics=None)))) == [(Status.SKIP, "scrapers.none")]


def test_each_of_several_scrapers_needs_its_startup_line(deploy: Deploy, ask: Ask) -> None:
    seeded = deploy(second={"kind": "prometheus"})
    assert check_logs(ask(seeded)).counts["startup_lines"] == 2
    seeded.update("second", forceNewDeployment=True)
    assert told(check_logs(ask(seeded))) == [(Status.FAIL, "second.startup-line")]


def test_only_services_with_metrics_must_be_scraped(
    deploy: Deploy, ask: Ask, container: Container, prometheus_port: int, pages: Pages
) -> None:
    container.install("curl").lead(prometheus_port)
    pages["/api/v1/targets"] = up("orders", "orders", "metrics")
    assert check_http(ask(deploy())).findings == ()


def test_each_of_several_scrapers_is_asked(
    deploy: Deploy, ask: Ask, container: Container, prometheus_port: int, pages: Pages
) -> None:
    container.install("curl").lead(prometheus_port)
    pages["/api/v1/targets"] = up("orders", "orders", "metrics")
    seeded = deploy(EXEC_ON | {"DEV__EXEC__SECOND": "true"}, second={"kind": "prometheus"})
    seeded.grow_old()
    seen = check_http(ask(seeded))
    assert seen.counts["active_targets"] == 6
    # It answers as the first one, which does not scrape it.
    assert told(seen) == [(Status.FAIL, "second.targets.second")]


def test_a_scraper_that_no_service_connects_to_is_asked_by_none(deploy: Deploy, ask: Ask) -> None:
    finding = skipped(check_dns, ask(deploy()))
    assert finding.reason == "no service connects to metrics, so its name is asked nowhere"


def test_each_client_resolves_its_own_scrapers(
    deploy: Deploy, ask: Ask, container: Container, prometheus_port: int
) -> None:
    container.install("curl").lead(prometheus_port).write("getent", 'echo "127.0.0.1 $2"')
    clients = {"orders": {"connects_to": ["metrics", "second"]}, "worker": {"connects_to": ["second"]}}
    on = EXEC_ON | {"DEV__EXEC__WORKER": "true"}
    seen = check_dns(ask(deploy(on, **clients, second={"kind": "prometheus"})))
    assert (seen.findings, seen.summary) == ((), "3 names of 3 resolved in 2 services")


def job_task(seeded: Seeded) -> None:
    """Let a task with ECS Exec on be one that the job's schedule started."""
    task = next(task for task in seeded.moto_tasks() if task.group.endswith("-orders"))
    task.group = f"family:{seeded.environment.service_name('nightly')}"


def test_exec_of_a_job_that_the_settings_have_on_is_fine(deploy: Deploy, ask: Ask) -> None:
    seeded = deploy(EXEC_ON | {"DEV__EXEC__NIGHTLY": "true"})
    job_task(seeded)
    assert list(audit_exposure(ask(seeded))) == []


def test_exec_of_a_job_against_the_settings_fails(deploy: Deploy, ask: Ask) -> None:
    seeded = deploy()
    job_task(seeded)
    schedule = seeded.clients.scheduler.get_schedule(Name=seeded.environment.service_name("nightly"))
    schedule["Target"]["EcsParameters"]["EnableExecuteCommand"] = True
    kept = {name: schedule[name] for name in ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")}
    seeded.clients.scheduler.update_schedule(**kept)
    (finding,) = audit_exposure(ask(seeded))
    assert (finding.status, finding.id) == (Status.FAIL, "nightly.exec-on")
    assert "on for the schedule and 1 running task" in finding.reason
