"""Part of the checks of the load balancer and of the CDN: a certificate that is issued, and stays valid for a while."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from operations.aws.clients import Document
from operations.verification.findings import Finding, Status
from operations.verification.platform import Platform

# ACM renews 60 days ahead: with less left, renewal has been failing for a while.
# https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
_SOON = timedelta(days=30)
_REMEDY = "ACM renews it by itself while its validation records are in the domain's DNS: see that they still are"


def certificate_findings(arn: str, platform: Platform, id_: str) -> Iterator[Finding]:
    """Report a certificate of ACM that is not issued, has expired, or is about to.

    https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html
    """
    # CloudFront's are in us-east-1, wherever the platform is.
    acm = platform.clients.in_region("acm", arn.split(":")[3])
    certificate = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    name, status = f"the certificate of {certificate['DomainName']}", certificate["Status"]
    if status != "ISSUED":
        why = f": {certificate['FailureReason']}" if certificate.get("FailureReason") else ""
        yield Finding(Status.FAIL, id_, f"{name} is {status}, not ISSUED{why}", _REMEDY)
        return
    left = certificate["NotAfter"] - datetime.now(UTC)
    if left <= timedelta(0):
        yield Finding(Status.FAIL, id_, f"{name} expired on {certificate['NotAfter']:%Y-%m-%d}", _REMEDY)
    elif left < _SOON:
        reason = f"{name} expires in {left.days} days, on {certificate['NotAfter']:%Y-%m-%d}{_renewal(certificate)}"
        yield Finding(Status.WARN, id_, reason, _REMEDY)


def _renewal(certificate: Document) -> str:
    renewal = certificate.get("RenewalSummary", {})
    reason = f" ({renewal['RenewalStatusReason']})" if renewal.get("RenewalStatusReason") else ""
    return f"; its renewal is {renewal['RenewalStatus']}{reason}" if renewal else ""
