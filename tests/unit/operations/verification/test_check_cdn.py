"""Check 9: the distribution is deployed, leads to the load balancer, and its certificate lasts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.acm.models import acm_backends
from moto.cloudfront.models import cloudfront_backends

from operations.verification.checks.cdn import check_cdn
from operations.verification.findings import CannotCheckError, Finding, Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.seeded import Seeded

Look = Callable[[], Platform]


def distribution(dev: Seeded) -> Any:  # noqa: ANN401 - moto's own, for what no call of the API brings about
    (found,) = cloudfront_backends[dev.environment.account_id]["aws"].distributions.values()
    return found


def certificate(dev: Seeded) -> Any:  # noqa: ANN401 - as above
    (found,) = acm_backends[dev.environment.account_id]["us-east-1"]._certificates.values()  # noqa: SLF001 - as above
    return found


def only(look: Look) -> Finding:
    (finding,) = check_cdn(look()).findings
    return finding


def last(dev: Seeded, monkeypatch: pytest.MonkeyPatch, until: timedelta, **changes: object) -> None:
    """Let the certificate be valid until then; moto computes it from the certificate itself."""
    acm = dev.clients.in_region("acm", "us-east-1")
    describe = acm.describe_certificate

    def answer(**request: str) -> dict[str, object]:
        end = {"NotAfter": datetime.now(UTC) + until}
        return {"Certificate": describe(**request)["Certificate"] | end | changes}

    monkeypatch.setattr(acm, "describe_certificate", answer)


def test_deployed_distribution_passes(look: Look) -> None:
    seen = check_cdn(look())
    assert seen.findings == ()
    assert seen.summary.endswith(" is Deployed and enabled")


def test_distribution_that_is_not_there_fails(dev: Seeded, look: Look) -> None:
    cloudfront_backends[dev.environment.account_id]["aws"].distributions.clear()
    with pytest.raises(CannotCheckError, match="no distribution serves davidshaevel"):
        check_cdn(look())


def test_disabled_distribution_fails(dev: Seeded, look: Look) -> None:
    distribution(dev).distribution_config.Enabled = False
    assert (only(look).status, only(look).id) == (Status.FAIL, "cdn.enabled")


def test_distribution_that_is_being_deployed_fails(dev: Seeded, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(distribution(dev)), "status", "InProgress")
    assert (only(look).status, only(look).id) == (Status.FAIL, "cdn.status")


def test_distribution_without_a_domain_fails(dev: Seeded, look: Look) -> None:
    distribution(dev).distribution_config.Aliases["Items"] = [dev.environment.domain]
    assert only(look).reason.endswith(" does not serve www.davidshaevel.com")


def test_distribution_before_another_load_balancer_fails(dev: Seeded, look: Look) -> None:
    distribution(dev).distribution_config.Origins["Items"][0].domain_name = "old.elb.amazonaws.com"
    assert (only(look).status, only(look).id) == (Status.FAIL, "cdn.origin")


def test_certificate_that_is_not_issued_fails(dev: Seeded, look: Look) -> None:
    certificate(dev).status = "PENDING_VALIDATION"
    finding = only(look)
    assert (finding.status, finding.id) == (Status.FAIL, "cdn.certificate")
    assert "is PENDING_VALIDATION, not ISSUED" in finding.reason


def test_expired_certificate_fails(dev: Seeded, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    last(dev, monkeypatch, timedelta(days=-1))
    assert only(look).status is Status.FAIL


def test_certificate_about_to_expire_is_a_warning(dev: Seeded, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    last(dev, monkeypatch, timedelta(days=29), RenewalSummary={"RenewalStatus": "PENDING_VALIDATION"})
    finding = only(look)
    assert (finding.status, finding.id) == (Status.WARN, "cdn.certificate")
    assert finding.reason.endswith("; its renewal is PENDING_VALIDATION")


def test_certificate_of_31_days_passes(dev: Seeded, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    last(dev, monkeypatch, timedelta(days=31))
    assert check_cdn(look()).findings == ()
