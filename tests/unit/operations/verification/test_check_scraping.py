"""Check 5 compares what Prometheus scrapes with the tasks that run, and with the clock."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from operations.verification.checks.http import check_http
from operations.verification.checks.scraping import seconds
from operations.verification.findings import Finding, Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.conftest import Pages
from tests.unit.operations.verification.container import Container
from tests.unit.operations.verification.seeded import Seeded

Look = Callable[[], Platform]
Target = dict[str, object]
Check = Callable[..., tuple[Finding, ...]]


def up(job: str, **changes: object) -> Target:
    return {"labels": {"job": job}, "health": "up", "scrapeUrl": f"http://{job}/metrics"} | changes


def down(job: str) -> Target:
    return up(job, health="down", lastError="404")


BACKENDS, FRONTENDS = [up("backend")] * 2, [up("frontend")] * 2
OTHERS = [*FRONTENDS, up("prometheus")]


@pytest.fixture
def check(container: Container, prometheus_port: int, pages: Pages, look: Look) -> Check:
    """Check a Prometheus with these targets."""
    container.install("curl").lead(prometheus_port)

    def findings(*targets: Target) -> tuple[Finding, ...]:
        pages["/api/v1/targets"] = (200, json.dumps({"status": "success", "data": {"activeTargets": targets}}))
        return check_http(look()).findings

    return findings


def ids(findings: tuple[Finding, ...]) -> list[tuple[Status, str]]:
    return [(finding.status, finding.id) for finding in findings]


def scraped(ago: float, interval: str = "15s") -> Target:
    at = datetime.now(UTC) - timedelta(seconds=ago)
    # As Go writes it.
    return {"lastScrape": f"{at:%Y-%m-%dT%H:%M:%S.%f}789Z", "scrapeInterval": interval}


def test_target_for_every_task_passes(check: Check) -> None:
    assert check(*BACKENDS, *OTHERS) == ()


def test_service_whose_targets_are_all_down_fails(dev: Seeded, check: Check) -> None:
    dev.grow_old()
    (finding,) = check(down("backend"), down("backend"), *OTHERS)
    assert (finding.status, finding.id) == (Status.FAIL, "prometheus.targets.backend")
    assert finding.reason.startswith("backend: 0 of 2 tasks scraped; http://backend/metrics is down: 404; ")


def test_one_of_two_tasks_not_scraped_fails(dev: Seeded, check: Check) -> None:
    dev.grow_old()
    (finding,) = check(up("backend"), *OTHERS)
    assert (finding.status, finding.reason) == (
        Status.FAIL,
        "backend: 1 of 2 tasks scraped; no other target is known",
    )


def test_task_that_has_just_started_may_not_be_scraped_yet(check: Check) -> None:
    assert ids(check(up("backend"), *OTHERS)) == [(Status.WARN, "prometheus.targets.backend")]


def test_target_of_a_task_that_has_gone_is_a_warning(dev: Seeded, check: Check) -> None:
    dev.grow_old()
    assert ids(check(*BACKENDS, down("backend"), *OTHERS)) == [(Status.WARN, "prometheus.targets.down")]


def test_no_target_up_fails_even_right_after_the_start(check: Check) -> None:
    assert (Status.FAIL, "prometheus.targets") in ids(check(down("prometheus")))


def test_target_scraped_long_ago_fails(check: Check) -> None:
    (finding,) = check(*BACKENDS, *FRONTENDS, up("prometheus", **scraped(600)))
    assert (finding.status, finding.id) == (Status.FAIL, "prometheus.last-scrape")
    assert "was last scraped 60" in finding.reason
    assert finding.reason.endswith("though every 15s is configured")


@pytest.mark.parametrize(("ago", "interval"), [(45, "15s"), (1, "15s"), (200, "1m"), (20, "1s")])
def test_target_scraped_lately_passes(check: Check, ago: float, interval: str) -> None:
    assert check(*BACKENDS, *FRONTENDS, up("prometheus", **scraped(ago, interval))) == ()


def test_age_of_a_scrape_is_by_the_containers_clock(container: Container, check: Check) -> None:
    behind = datetime.now(UTC) - timedelta(hours=1)
    container.write("date", f"echo {behind.timestamp():.0f}")
    assert check(*BACKENDS, *FRONTENDS, up("prometheus", **scraped(3600))) == ()


def test_service_that_runs_nothing_needs_no_target(dev: Seeded, check: Check) -> None:
    dev.update("backend", desiredCount=0)
    assert check(*OTHERS) == ()


@pytest.mark.parametrize(
    ("text", "expected"), [("15s", 15), ("1m30s", 90), ("500ms", 0.5), ("1h", 3600), ("1d", 86400), ("", 0)]
)
def test_duration_is_read_as_prometheus_writes_it(text: str, expected: float) -> None:
    assert seconds(text) == expected
