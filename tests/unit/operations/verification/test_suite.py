"""The checks run side by side, after the audit where they need it, and all end within the deadline."""

import time
from collections.abc import Callable
from dataclasses import replace
from threading import Event

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from operations.ecs_exec.run_command import ExecUnavailableError
from operations.verification import suite
from operations.verification.checks import AUDIT, CHECKS, Check
from operations.verification.findings import CannotCheckError, Finding, Result, Seen, Status
from operations.verification.platform import Platform
from operations.verification.suite import run_checks

GREEN = Seen("fine", {})


@pytest.fixture
def platform() -> Platform:
    """A platform of nothing but a deadline, for checks that ask nothing of it."""
    return Platform(None, None, {}, None, time.monotonic() + 5)  # type: ignore[arg-type]


def raising(error: Exception) -> Callable[[Platform], Seen]:
    def check(_platform: Platform) -> Seen:
        raise error

    return check


def only(platform: Platform, run: Callable[[Platform], Seen]) -> Result:
    (result,) = run_checks(platform, [Check("service", "", run)], lambda _: None)
    return result


def test_checks_run_side_by_side(platform: Platform) -> None:
    """Each waits for the other: one after the other they would never end."""
    met = {"a": Event(), "b": Event()}

    def meet(mine: str, other: str) -> Callable[[Platform], Seen]:
        def check(_platform: Platform) -> Seen:
            met[mine].set()
            return Seen(str(met[other].wait(5)), {})

        return check

    results = run_checks(platform, [Check("a", "", meet("a", "b")), Check("b", "", meet("b", "a"))], lambda _: None)
    assert [result.seen.summary for result in results] == ["True", "True"]


def test_audit_ends_before_a_check_through_exec_begins(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []

    def slow_audit(_platform: Platform) -> Seen:
        time.sleep(0.05)
        ended.append("exec")
        return GREEN

    monkeypatch.setattr(suite, "AUDIT", Check("exec", "", slow_audit))
    chosen = [Check("dns", "", lambda _: Seen(",".join(ended), {}), through_exec=True)]
    results = run_checks(platform, chosen, lambda _: None)
    assert [(result.check, result.seen.summary) for result in results] == [("exec", "fine"), ("dns", "exec")]


def test_audit_is_left_out_where_no_check_needs_it(platform: Platform) -> None:
    results = run_checks(platform, [Check("service", "", lambda _: GREEN)], lambda _: None)
    assert [result.check for result in results] == ["service"]


def test_each_result_is_reported_when_it_is_there(platform: Platform) -> None:
    reported: list[str] = []

    def wait_for_the_other(_platform: Platform) -> Seen:
        while reported != ["b"]:
            time.sleep(0.01)
        return GREEN

    chosen = [Check("a", "", wait_for_the_other), Check("b", "", lambda _: GREEN)]
    results = run_checks(platform, chosen, lambda result: reported.append(result.check))
    assert (reported, [result.check for result in results]) == (["b", "a"], ["a", "b"])


def test_check_without_an_answer_at_the_deadline_is_an_error(platform: Platform) -> None:
    never = Event()
    soon = replace(platform, deadline=time.monotonic() + 0.1)
    started = time.monotonic()
    result = only(soon, lambda _: Seen(str(never.wait(5)), {}))
    never.set()
    assert time.monotonic() - started < 2
    assert (result.status, result.seen.findings[0].id) == (Status.ERROR, "deadline")


def test_checks_after_an_audit_that_never_ends_are_errors_too(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = Event()
    monkeypatch.setattr(suite, "AUDIT", Check("exec", "", lambda _: Seen(str(never.wait(5)), {})))
    soon = replace(platform, deadline=time.monotonic() + 0.1)
    results = run_checks(soon, [Check("dns", "", lambda _: GREEN, through_exec=True)], lambda _: None)
    never.set()
    assert [(result.check, result.status) for result in results] == [("exec", Status.ERROR), ("dns", Status.ERROR)]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ExecUnavailableError("the agent does not run; wait"), "the agent does not run; wait"),
        (
            ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "FilterLogEvents"),
            "AWS refused FilterLogEvents: AccessDenied: no",
        ),
        (
            ReadTimeoutError(endpoint_url="https://ecs"),
            'AWS could not be asked: Read timeout on endpoint URL: "https://ecs"',
        ),
        (KeyError("data"), "the check itself broke (KeyError: 'data'); please report it"),
    ],
)
def test_call_that_cannot_be_made_is_an_error(platform: Platform, error: Exception, reason: str) -> None:
    result = only(platform, raising(error))
    assert (result.status, result.seen.findings[0].reason) == (Status.ERROR, reason)


@pytest.mark.parametrize("code", ["NoSuchEntity", "ResourceNotFoundException", "LoadBalancerNotFound"])
def test_what_aws_does_not_have_is_a_failure(platform: Platform, code: str) -> None:
    result = only(platform, raising(ClientError({"Error": {"Code": code}}, "GetRole")))
    assert result.status is Status.FAIL


def test_results_are_in_the_order_of_the_checks(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    audit = Check("exec", "", lambda _: GREEN)
    monkeypatch.setattr(suite, "AUDIT", audit)
    chosen = [Check("dns", "", lambda _: GREEN, through_exec=True), Check("cdn", "", lambda _: GREEN), audit]
    assert [result.check for result in run_checks(platform, chosen, lambda _: None)] == ["dns", "cdn", "exec"]


def test_check_that_cannot_go_on_ends_with_its_findings_status(platform: Platform) -> None:
    result = only(platform, raising(CannotCheckError(Finding(Status.SKIP, "x", "off", "switch it on"))))
    assert (result.status, result.seen.findings[0].remedy) == (Status.SKIP, "switch it on")


@pytest.mark.parametrize(
    ("statuses", "worst"),
    [
        ((), Status.PASS),
        ((Status.SKIP,), Status.SKIP),
        ((Status.SKIP, Status.WARN), Status.WARN),
        ((Status.FAIL, Status.WARN), Status.FAIL),
        ((Status.FAIL, Status.ERROR), Status.ERROR),
    ],
)
def test_worst_finding_decides(statuses: tuple[Status, ...], worst: Status) -> None:
    seen = Seen("", {}, tuple(Finding(status, "x", "") for status in statuses))
    assert Result("service", seen, 0).status is worst


def test_names_of_checks_are_distinct() -> None:
    names = [check.name for check in (*CHECKS, AUDIT)]
    assert sorted(set(names)) == sorted(names)
    assert names[:6] == ["service", "task", "logs", "cloud-map", "http", "dns"]


def test_session_is_told_to_end_when_nobody_waits_any_more(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[bool] = []
    monkeypatch.setattr(suite, "AUDIT", Check("exec", "", lambda _: GREEN))

    def session(_platform: Platform) -> Seen:
        ended.append(platform.stop.wait(5))
        return GREEN

    def interrupt(_result: Result) -> None:
        raise KeyboardInterrupt

    def check_after_a_moment(_platform: Platform) -> Seen:
        time.sleep(0.1)
        return GREEN

    chosen = [Check("a", "", check_after_a_moment), Check("dns", "", session, through_exec=True)]
    with pytest.raises(KeyboardInterrupt):
        run_checks(platform, chosen, lambda result: interrupt(result) if result.check == "a" else None)
    assert ended == [True]
