"""ECS Exec that the settings do not have on is a failure, wherever it is on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from environments import load
from operations.verification.audit.exposure import audit_exposure
from operations.verification.findings import Finding, Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.audit.conftest import tasks_of
from tests.unit.operations.verification.seeded import ALL_ON, SERVICES, Seeded

Look = Callable[[], Platform]


def exposure(look: Look) -> list[Finding]:
    """Audit dev, whose settings have the backend off."""
    off = load("dev", variables=ALL_ON | {"DEV__EXEC__BACKEND": "false"})
    return list(audit_exposure(replace(look(), environment=off)))


def test_exec_where_the_settings_have_it_on_is_fine(look: Look) -> None:
    assert list(audit_exposure(look())) == []


def test_service_and_tasks_that_have_it_on_fail(look: Look) -> None:
    (finding,) = exposure(look)
    assert (finding.status, finding.id) == (Status.FAIL, "backend.exec-on")
    assert "on for the service and 2 running tasks" in finding.reason


def test_service_alone_that_has_it_on_fails(dev: Seeded, look: Look) -> None:
    for task in tasks_of(dev, "backend"):
        task.enable_execute_command = False
    (finding,) = exposure(look)
    assert "on for the service, but" in finding.reason


def test_one_task_alone_that_has_it_on_fails(dev: Seeded, look: Look) -> None:
    dev.update("backend", enableExecuteCommand=False)
    tasks_of(dev, "backend")[0].enable_execute_command = False
    (finding,) = exposure(look)
    assert "on for 1 running task, but" in finding.reason


def test_task_of_an_older_deployment_fails(dev: Seeded, look: Look) -> None:
    old, new = tasks_of(dev, "backend")
    dev.update("backend", enableExecuteCommand=False)
    old.started_by, new.enable_execute_command = "ecs-svc/0", False
    assert [finding.id for finding in exposure(look)] == ["backend.exec-on"]


def test_task_that_no_service_started_fails(dev: Seeded, look: Look) -> None:
    tasks_of(dev, "frontend")[0].group = "family:debug"
    (finding,) = audit_exposure(look())
    assert (finding.status, finding.id) == (Status.FAIL, "exec.stray-task")
    assert "of group family:debug" in finding.reason


PAST = {"ExecReason": "incident 4711", "ExecUntil": "2026-01-01T00:00:00Z"}


def test_exec_past_its_end_fails(dev: Seeded, look: Look) -> None:
    dev.tag("backend", **PAST)
    (finding,) = exposure(look)
    assert (finding.status, finding.id) == (Status.FAIL, "backend.exec-past-end")
    assert "2 running tasks, but it ended at 2026-01-01T00:00:00Z (incident 4711)" in finding.reason


def test_an_end_counts_whatever_the_settings_say(dev: Seeded, look: Look) -> None:
    dev.tag("backend", **PAST)
    assert [finding.id for finding in audit_exposure(look())] == ["backend.exec-past-end"]


def test_an_end_to_come_is_fine_where_the_settings_have_it(dev: Seeded, look: Look) -> None:
    dev.tag("backend", **PAST | {"ExecUntil": "2999-01-01T00:00:00Z"})
    assert list(audit_exposure(look())) == []


def test_broken_glass_warns_until_its_end(dev: Seeded, look: Look) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    dev.tag("backend", ExecReason="incident 4711", ExecUntil=f"{until:%Y-%m-%dT%H:%M:%SZ}")
    (finding,) = exposure(look)
    assert (finding.status, finding.id) == (Status.WARN, "backend.break-glass")
    assert f"by break-glass, until {until:%Y-%m-%dT%H:%M:%SZ} (incident 4711)" in finding.reason


@pytest.mark.parametrize("until", ["", "soon", "2999-01-01T00:00:00Z"])
def test_an_end_that_break_glass_gives_not_is_none(dev: Seeded, look: Look, until: str) -> None:
    dev.tag("backend", ExecUntil=until)
    assert [finding.id for finding in exposure(look)] == ["backend.exec-on"]


def test_nothing_is_on_where_nothing_should_be(dev: Seeded, look: Look) -> None:
    for service in SERVICES:
        dev.update(service, enableExecuteCommand=False, forceNewDeployment=True)
    assert exposure(look) == []
