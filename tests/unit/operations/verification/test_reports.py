"""The reports tell what happened, and nothing else: no tick for what was not seen."""

import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from environments import load
from operations.verification.checks import AUDIT, CHECKS
from operations.verification.findings import Finding, Result, Seen, Status
from operations.verification.report.junit import write_junit
from operations.verification.report.machine import as_json
from operations.verification.report.terminal import WIDTH, TerminalReport

DEV = load("dev", variables={})
GREEN = Result("service", Seen("5 of 5 tasks of 3 services run", {"services": 3}), 0.25)
FAILED = Result(
    "task",
    Seen(
        "6 containers of 5 tasks seen, 4 healthy",
        {"tasks": 5},
        (
            Finding(Status.WARN, "a.health", "a has no health check"),
            Finding(Status.FAIL, "b.health", "b is UNHEALTHY", "its log says why"),
        ),
    ),
    1,
)
SKIPPED = Result(
    "dns", Seen("not checked", {}, (Finding(Status.SKIP, "x", "ECS Exec is off for backend", "switch it on"),)), 0
)
UNKNOWN = Result("logs", Seen("not checked", {}, (Finding(Status.ERROR, "aws", "AWS refused it: no"),)), 0)
RESULTS = [GREEN, FAILED, SKIPPED]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def printed(*results: Result) -> list[str]:
    stream = io.StringIO()
    report = TerminalReport(stream, {})
    for result in results:
        report.result(result)
    return stream.getvalue().splitlines()


def test_green_check_is_one_line() -> None:
    assert printed(GREEN) == ["PASS   service        5 of 5 tasks of 3 services run"]


def test_reasons_stand_under_a_check_that_is_not_green() -> None:
    assert printed(FAILED) == [
        "FAIL   task           6 containers of 5 tasks seen, 4 healthy",
        "      - warn: a has no health check",
        "      - b is UNHEALTHY",
        "      > its log says why",
    ]


def test_every_line_fits_the_terminal() -> None:
    long = Finding(Status.FAIL, "x", "reason " * 50, "arn:aws:ecs:us-east-1:123456789012:task/" + "x" * 100)
    assert max(map(len, printed(Result("http", Seen("seen " * 40, {}, (long,)), 0)))) <= WIDTH


def test_summary_counts_what_was_seen() -> None:
    stream = io.StringIO()
    TerminalReport(stream, {}).end(RESULTS, 1.25)
    assert stream.getvalue() == "\n3 checks: 1 passed, 0 warned, 1 skipped, 1 failed; 1.2 s\n"


def test_error_stands_out_from_what_failed() -> None:
    stream = io.StringIO()
    report = TerminalReport(stream, {})
    report.result(UNKNOWN)
    report.end([FAILED, UNKNOWN], 1)
    assert stream.getvalue().startswith("ERROR  logs           not checked\n      - AWS refused it: no\n")
    assert "0 skipped, 1 failed, 1 not checked; " in stream.getvalue()


@pytest.mark.parametrize("status", list(Status))
def test_line_of_the_longest_name_fits_the_terminal(status: Status) -> None:
    name = max((check.name for check in (*CHECKS, AUDIT)), key=len)
    (line, *_) = printed(Result(name, Seen("seen", {}, (Finding(status, "x", "reason"),)), 0))
    assert line == f"{status.upper():5}  {name}  seen"


def test_summary_of_one_check_speaks_of_one() -> None:
    stream = io.StringIO()
    TerminalReport(stream, {}).end([GREEN], 0.25)
    assert stream.getvalue().startswith("\n1 check: ")


def test_terminal_is_coloured_unless_no_color_is_set() -> None:
    for variables, coloured in (({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False)):
        stream = Terminal()
        TerminalReport(stream, variables).result(GREEN)
        assert ("\x1b[32mPASS\x1b[0m" in stream.getvalue()) is coloured


def test_what_a_container_says_cannot_steer_the_terminal() -> None:
    evil = Result("http", Seen("", {}, (Finding(Status.FAIL, "x", "says \x1b[2J\x07\rPASS"),)), 0)
    assert "".join(printed(evil)).isprintable()


def test_file_is_not_coloured() -> None:
    assert "\x1b" not in "".join(printed(*RESULTS))


def test_json_has_every_check_with_its_counts_and_findings() -> None:
    document = json.loads(as_json(DEV, RESULTS))
    assert (document["environment"], document["status"]) == ("dev", "fail")
    assert document["checks"][0] == {
        "check": "service",
        "status": "pass",
        "seconds": 0.25,
        "summary": "5 of 5 tasks of 3 services run",
        "counts": {"services": 3},
        "findings": [],
    }
    assert document["checks"][1]["findings"][1] == {
        "status": "fail",
        "id": "b.health",
        "reason": "b is UNHEALTHY",
        "remedy": "its log says why",
    }


def test_junit_has_a_case_per_check(tmp_path: Path) -> None:
    write_junit(tmp_path / "junit.xml", DEV, RESULTS)
    suite = ET.parse(tmp_path / "junit.xml").getroot()  # noqa: S314 - written by this test
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")
    service, task, dns = suite.findall("testcase")
    assert [child.tag for child in service] == ["system-out"]
    failure = task.find("failure")
    assert failure is not None
    assert failure.get("message") == "b is UNHEALTHY; its log says why"
    skipped = dns.find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "ECS Exec is off for backend; switch it on"


def test_junit_tells_errors_from_failures(tmp_path: Path) -> None:
    write_junit(tmp_path / "junit.xml", DEV, [FAILED, UNKNOWN])
    suite = ET.parse(tmp_path / "junit.xml").getroot()  # noqa: S314 - written by this test
    assert (suite.get("failures"), suite.get("errors")) == ("1", "1")
    assert [child.tag for case in suite for child in case] == ["failure", "error"]


def test_strict_junit_counts_skips_as_failures(tmp_path: Path) -> None:
    write_junit(tmp_path / "junit.xml", DEV, [SKIPPED], strict=True)
    suite = ET.parse(tmp_path / "junit.xml").getroot()  # noqa: S314 - written by this test
    assert (suite.get("failures"), suite.get("skipped")) == ("1", "0")
    assert [child.tag for child in suite[0]] == ["failure"]


def test_junit_takes_whatever_a_container_prints(tmp_path: Path) -> None:
    noise = Result("http", Seen("", {}, (Finding(Status.FAIL, "x", "<&\x00\x1b[31m\ud800"),)), 0)
    write_junit(tmp_path / "junit.xml", DEV, [noise])
    assert ET.parse(tmp_path / "junit.xml").getroot().get("failures") == "1"  # noqa: S314 - written by this test
