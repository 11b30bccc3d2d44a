"""Check 3 reads the running Prometheus task's log: the startup line is there, and no error."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from operations.verification.checks.logs import check_logs
from operations.verification.findings import CannotCheckError, Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.seeded import STARTUP_LINE, Seeded

Look = Callable[[], Platform]


def started(dev: Seeded, ago: timedelta) -> None:
    for task in dev.moto_tasks():
        task.started_at = datetime.now(UTC) - ago


def test_startup_line_without_errors_passes(dev: Seeded, look: Look) -> None:
    dev.log("level=info msg=fine", 'level=warn msg="no level is error here"')
    seen = check_logs(look())
    assert seen.findings == ()
    assert seen.counts == {"lines": 3, "startup_lines": 1, "error_lines": 0}


@pytest.mark.parametrize("level", ["error", "ERROR"])
def test_errors_fail_with_their_count_and_the_latest(dev: Seeded, look: Look, level: str) -> None:
    dev.log("level=error msg=first", "level=info msg=fine", f"level={level} msg=second\n")
    (finding,) = check_logs(look()).findings
    assert finding.status is Status.FAIL
    assert finding.reason.startswith(f"2 lines with level=error; the latest, of {datetime.now(UTC):%Y-%m-%d} ")
    assert finding.reason.endswith(f" UTC: level={level} msg=second")


def test_one_error_is_one_line(dev: Seeded, look: Look) -> None:
    dev.log("level=error msg=only")
    seen = check_logs(look())
    assert seen.counts["error_lines"] == 1
    assert seen.findings[0].reason.startswith("1 line with level=error; ")


def test_log_without_the_startup_line_fails(dev: Seeded, look: Look) -> None:
    dev.update("prometheus", forceNewDeployment=True)
    dev.log("level=info msg=loading")
    (finding,) = check_logs(look()).findings
    assert finding.status is Status.FAIL
    assert finding.reason.endswith("among 1 line of the running task")
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
    started(dev, timedelta(days=8))
    (finding,) = check_logs(look()).findings
    assert (finding.status, finding.reason) == (
        Status.WARN,
        "the task runs for longer than its log is kept (7 days): no startup line is left",
    )


def test_container_that_logs_elsewhere_cannot_be_checked(dev: Seeded, look: Look) -> None:
    dev.define("prometheus", logConfiguration={"logDriver": "splunk"})
    with pytest.raises(CannotCheckError, match="does not log to CloudWatch"):
        check_logs(look())
