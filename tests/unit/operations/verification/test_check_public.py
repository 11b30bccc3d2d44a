"""Check 10 requests pages through the public name, and says so if this machine does not reach it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from environments import load
from operations.aws.clients import Clients
from operations.verification.checks.public import check_public
from operations.verification.findings import CannotCheckError, Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.conftest import Statuses
from tests.unit.operations.verification.seeded import Seeded
from tests.unit.operations.verification.tls import certificate, proxy, site

Look = Callable[[], Platform]
CLOUDFRONT_ONLY = {"DEV__LOAD_BALANCER__CLOUDFRONT_ONLY": "true"}
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"


@pytest.mark.usefixtures("internet")
def test_pages_that_are_answered_pass(look: Look) -> None:
    seen = check_public(look())
    assert (seen.summary, seen.findings) == ("3 of 3 requests answered", ())


@pytest.mark.usefixtures("internet")
@pytest.mark.parametrize(
    ("answer", "status"), [(500, Status.FAIL), (503, Status.FAIL), (404, Status.WARN), (302, Status.FAIL)]
)
def test_other_answers_are_reported(look: Look, statuses: Statuses, answer: int, status: Status) -> None:
    statuses["/api/health"] = answer
    (finding,) = check_public(look()).findings
    assert finding.status is status
    assert finding.reason.startswith(f"https://davidshaevel.com/api/health answers {answer} ")


def test_certificate_of_another_name_fails(look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = certificate("example.com")
    (tmp_path / "trusted.pem").write_bytes(made.certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))
    with site(tmp_path, made, {}) as port, proxy(port) as through:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{through}")
        findings = check_public(look()).findings
    assert {(finding.status, finding.id) for finding in findings} == {(Status.FAIL, "public.certificate")}


@pytest.mark.usefixtures("internet")
def test_load_balancer_that_answers_past_the_cdn_fails(look: Look) -> None:
    secured = CLOUDFRONT_ONLY | {"DEV__LOAD_BALANCER__CERTIFICATE_ARN": CERTIFICATE}
    (finding,) = check_public(replace(look(), environment=load("dev", variables=secured))).findings
    assert (finding.status, finding.id) == (Status.FAIL, "public.past-cdn")
    assert ".elb.amazonaws.com/ answers this machine, past CloudFront" in finding.reason


@pytest.mark.usefixtures("internet")
def test_load_balancer_that_is_not_reached_past_the_cdn_passes(look: Look) -> None:
    seen = check_public(replace(look(), environment=load("dev", variables=CLOUDFRONT_ONLY)))
    assert (seen.summary, seen.findings) == ("3 of 3 requests answered", ())


def test_name_out_of_reach_is_one_skip_with_the_reason(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    (finding,) = check_public(look()).findings
    assert (finding.status, finding.id) == (Status.SKIP, "public.unreachable")
    assert finding.reason.startswith("this machine does not reach davidshaevel.com and www.davidshaevel.com: ")
    assert "refused" in finding.reason


def test_real_site_is_not_asked_about_an_emulator(dev: Seeded, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = look()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:5000")
    with pytest.raises(CannotCheckError) as caught:
        check_public(replace(platform, clients=Clients.of(dev.environment)))
    assert (caught.value.finding.status, caught.value.finding.id) == (Status.SKIP, "public.emulated")
