"""Check 3 reads the logs of every service: Prometheus's startup line is there, and no error."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from operations.verification.checks import log_streams
from operations.verification.checks.logs import check_logs
from operations.verification.findings import Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.seeded import STARTUP_LINE, Seeded

Look = Callable[[], Platform]
PANIC = ("panic: boom", "goroutine 1 [running]:", "main.main()", "\t/app/main.go:5 +0x1d", "exit status 2")


def test_startup_line_without_errors_passes(dev: Seeded, look: Look) -> None:
    dev.log("level=info msg=fine", 'level=warn msg="no level is error here"')
    seen = check_logs(look())
    assert seen.findings == ()
    assert seen.counts == {"lines": 3, "startup_lines": 1, "errors": 0}


@pytest.mark.parametrize("level", ["error", "ERROR"])
def test_errors_fail_with_their_count_and_the_latest(dev: Seeded, look: Look, level: str) -> None:
    dev.log("level=error msg=first", "level=info msg=fine", f"level={level} msg=second\n")
    (finding,) = check_logs(look()).findings
    assert finding.status is Status.FAIL
    assert finding.reason.startswith(f"prometheus: 2 errors logged since {datetime.now(UTC):%Y-%m-%d} ")
    assert finding.reason.endswith(f" UTC: level={level} msg=second")


def test_one_error_is_one_line(dev: Seeded, look: Look) -> None:
    dev.log("level=error msg=only")
    seen = check_logs(look())
    assert seen.counts["errors"] == 1
    assert seen.findings[0].reason.startswith("prometheus: 1 error logged since ")


def test_log_without_the_startup_line_fails(dev: Seeded, look: Look) -> None:
    dev.update("prometheus", forceNewDeployment=True)
    dev.log("level=info msg=loading")
    (finding,) = check_logs(look()).findings
    assert finding.status is Status.FAIL
    assert finding.reason.endswith(" in the log of the running task")
    assert finding.remedy == "read /ecs/dev-davidshaevel/prometheus for what it says instead"


def test_line_of_an_earlier_task_is_no_proof(dev: Seeded, look: Look) -> None:
    dev.update("prometheus", forceNewDeployment=True)
    assert [finding.id for finding in check_logs(look()).findings] == ["prometheus.startup-line"]


def test_line_of_another_container_is_no_proof(dev: Seeded, look: Look) -> None:
    dev.update("prometheus", forceNewDeployment=True)
    (arn,) = dev.tasks("prometheus")
    stream = {"logGroupName": dev.log_group("prometheus"), "logStreamName": f"init/init/{arn.rpartition('/')[2]}"}
    dev.clients.logs.create_log_stream(**stream)
    dev.clients.logs.put_log_events(
        **stream, logEvents=[{"timestamp": int(time.time() * 1000), "message": STARTUP_LINE}]
    )
    assert check_logs(look()).counts["startup_lines"] == 0


def test_log_group_that_is_not_there_has_no_startup_line(dev: Seeded, look: Look) -> None:
    dev.clients.logs.delete_log_group(logGroupName=dev.log_group("prometheus"))
    assert [finding.id for finding in check_logs(look()).findings] == ["prometheus.startup-line"]


def test_startup_line_that_has_expired_is_a_warning(dev: Seeded, look: Look) -> None:
    dev.update("prometheus", forceNewDeployment=True)
    dev.grow_old(timedelta(days=8))
    (finding,) = check_logs(look()).findings
    assert (finding.status, finding.reason) == (
        Status.WARN,
        "the task runs for longer than its log is kept (7 days): no startup line is left",
    )


@pytest.mark.parametrize(("service", "status"), [("prometheus", Status.FAIL), ("backend", Status.SKIP)])
def test_container_that_logs_elsewhere_is_named(dev: Seeded, look: Look, service: str, status: Status) -> None:
    dev.define(service, logConfiguration={"logDriver": "splunk"})
    (finding,) = check_logs(look()).findings
    assert (finding.status, finding.id) == (status, f"{service}.log-driver")


@pytest.mark.parametrize("service", ["backend", "frontend"])
def test_errors_of_every_service_fail(dev: Seeded, look: Look, service: str) -> None:
    dev.log('{"level":50,"msg":"no database"}', service=service)
    (finding,) = check_logs(look()).findings
    assert (finding.status, finding.id) == (Status.FAIL, f"{service}.errors")
    assert finding.reason.endswith('{"level":50,"msg":"no database"}')


def test_stack_trace_is_one_error_of_many_lines(dev: Seeded, look: Look) -> None:
    dev.log(*PANIC, service="backend")
    assert check_logs(look()).counts["errors"] == 1


def test_stack_trace_in_one_event_is_one_error(dev: Seeded, look: Look) -> None:
    dev.log("\n".join(PANIC), service="backend")
    assert check_logs(look()).counts["errors"] == 1


def test_task_that_crashed_and_was_replaced_is_read_too(dev: Seeded, look: Look) -> None:
    dev.log(*PANIC, service="backend")
    dev.clients.ecs.stop_task(cluster=dev.environment.cluster_name, task=dev.tasks("backend")[0])
    assert [finding.id for finding in check_logs(look()).findings] == ["backend.errors"]


def test_error_before_the_running_deployment_is_not_counted(dev: Seeded, look: Look) -> None:
    dev.log("level=error msg=old", service="backend", ago=timedelta(hours=1))
    assert check_logs(look()).findings == ()


def test_error_of_the_running_deployment_counts_however_old(dev: Seeded, look: Look) -> None:
    dev.grow_old(timedelta(days=5))
    dev.log("level=error msg=old", service="backend", ago=timedelta(days=4))
    assert [finding.id for finding in check_logs(look()).findings] == ["backend.errors"]


def test_since_leaves_an_old_error_out(dev: Seeded, look: Look) -> None:
    dev.grow_old(timedelta(days=10))
    dev.log("level=error msg=transient", service="backend", ago=timedelta(days=9))
    platform = replace(look(), since=datetime.now(UTC) - timedelta(hours=1))
    assert check_logs(platform).counts["errors"] == 0


def test_startup_line_counts_whatever_since_says(look: Look) -> None:
    seen = check_logs(replace(look(), since=datetime.now(UTC) + timedelta(minutes=1)))
    assert (seen.counts["lines"], seen.counts["startup_lines"]) == (0, 1)


def test_log_too_long_to_read_is_read_from_its_end(dev: Seeded, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_streams, "_MOST_PAGES", 1)
    dev.log("level=error msg=first", *["level=info msg=fine"] * 10_000, "level=error msg=last", service="backend")
    errors, cut, _ = check_logs(look()).findings
    assert errors.reason.startswith("backend: 1 error logged ")
    assert errors.reason.endswith("level=error msg=last")
    assert (cut.status, cut.id) == (Status.WARN, "backend.log-cut")


def test_long_log_is_read_page_by_page(dev: Seeded, look: Look) -> None:
    dev.log("level=error msg=first", *["level=info msg=fine"] * 10_001, service="backend")
    seen = check_logs(look())
    assert [finding.id for finding in seen.findings] == ["backend.errors"]
    assert seen.counts["lines"] == 10_003
