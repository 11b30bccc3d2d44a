"""Check 5 asks Prometheus inside its container: healthy, ready, and what it scrapes."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from environments import Environment
from operations.ecs_exec.run_command import Outcome
from operations.verification.checks.http import HEALTHY, check_http, says
from operations.verification.checks.probes import Answer
from operations.verification.findings import Seen, Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.conftest import Pages
from tests.unit.operations.verification.container import Container
from tests.unit.operations.verification.seeded import Seeded

Look = Callable[[], Platform]


@pytest.fixture
def check(container: Container, prometheus_port: int, look: Look) -> Callable[[], Seen]:
    """Check a Prometheus that serves the pages."""
    container.install("curl").lead(prometheus_port)
    return lambda: check_http(look())


def test_healthy_server_passes_and_its_targets_are_counted(check: Callable[[], Seen]) -> None:
    seen = check()
    assert seen.findings == ()
    assert seen.counts == {"active_targets": 5, "targets_up": 5}
    assert seen.summary == "5 of 5 active targets up"


def test_wording_of_another_version_passes(check: Callable[[], Seen], pages: Pages) -> None:
    pages["/-/healthy"] = (200, "Prometheus is Healthy.\n")
    assert check().findings == ()


def test_server_that_is_not_ready_fails(check: Callable[[], Seen], pages: Pages) -> None:
    pages["/-/ready"] = (503, "Service Unavailable")
    (finding,) = check().findings
    assert (finding.status, finding.id) == (Status.FAIL, "prometheus.ready")
    assert "503" in finding.reason


def test_another_answer_than_that_it_is_healthy_fails(check: Callable[[], Seen], pages: Pages) -> None:
    pages["/-/healthy"] = (200, "Welcome to\nnginx")
    (finding,) = check().findings
    assert finding.reason == "/-/healthy answers 'Welcome to nginx'"


def test_right_words_of_a_request_that_failed_are_no_proof() -> None:
    for status in (22, None):
        (finding,) = says(Answer("Prometheus Server is Healthy.", status), HEALTHY, "/-/healthy", "id")
        assert finding.status is Status.FAIL


def test_healthy_is_not_ready(check: Callable[[], Seen], pages: Pages) -> None:
    pages["/-/ready"] = pages["/-/healthy"]
    assert [finding.id for finding in check().findings] == ["prometheus.ready"]


def test_server_that_is_down_fails_in_every_answer(container: Container, look: Look) -> None:
    container.install("curl").lead(1)
    assert [(finding.status, finding.id) for finding in check_http(look()).findings] == [
        (Status.FAIL, "prometheus.healthy"),
        (Status.FAIL, "prometheus.ready"),
        (Status.FAIL, "prometheus.targets"),
    ]


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ('{"status":"error","error":"too busy"}', "/api/v1/targets has status error: too busy"),
        ("<html>", "/api/v1/targets answers no JSON that is known: <html>"),
        ("[]", "/api/v1/targets answers no JSON that is known: []"),
    ],
)
def test_targets_that_cannot_be_read_fail(check: Callable[[], Seen], pages: Pages, page: str, reason: str) -> None:
    pages["/api/v1/targets"] = (200, page)
    (finding,) = check().findings
    assert (finding.status, finding.reason) == (Status.FAIL, reason)


def test_exec_that_is_off_is_a_skip_that_names_the_toggle(
    dev: Seeded, look: Look, load_dev: Callable[[dict[str, str]], Environment]
) -> None:
    dev.update("prometheus", enableExecuteCommand=False, forceNewDeployment=True)
    platform = replace(look(), environment=load_dev({}))
    (finding,) = check_http(platform).findings
    assert (finding.status, finding.reason) == (Status.SKIP, "ECS Exec is off for prometheus")
    assert finding.remedy == (
        "switch on exec.prometheus in environments/dev.toml, "
        "or for one deploy: DEV__EXEC__PROMETHEUS=true cdktf deploy dev"
    )


def test_unknown_outcome_could_not_be_checked(look: Look) -> None:
    cut = [Outcome("task", "prometheus", None, "half", "the connection was cut")]
    seen = check_http(replace(look(), execute=lambda *_, **__: cut))
    (finding,) = seen.findings
    assert (finding.status, finding.reason) == (Status.ERROR, "prometheus: the connection was cut")
    assert (seen.summary, seen.counts) == ("not checked", {})


def test_output_of_nothing_but_noise_fails(look: Look) -> None:
    noise = [Outcome("task", "prometheus", 0, "Welcome!\r\n")]
    platform = replace(look(), execute=lambda *_, **__: noise)
    assert {finding.status for finding in check_http(platform).findings} == {Status.FAIL}
