"""Check 9: the CDN is deployed and enabled, leads to the load balancer, and its certificate is valid."""

from collections.abc import Iterator

from operations.aws.clients import Document
from operations.verification.checks.certificate import certificate_findings
from operations.verification.checks.load_balancer import load_balancer
from operations.verification.findings import CannotCheckError, Finding, Seen, Status
from operations.verification.platform import Platform
from operations.verification.services import guarded


def check_cdn(platform: Platform) -> Seen:
    """Find the distribution by the environment's domain: its id is CloudFront's to choose.

    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionSummary.html
    """
    found = _distribution(platform)
    arn = found.get("ViewerCertificate", {}).get("ACMCertificateArn")
    findings = [*_serves(found, platform), *guarded(lambda: _origin(found, platform))]
    if arn:
        findings += guarded(lambda: certificate_findings(arn, platform, "cdn.certificate"))
    state = "enabled" if found["Enabled"] else "disabled"
    return Seen(f"{found['Id']} is {found['Status']} and {state}", {"distributions": 1}, tuple(findings))


def _distribution(platform: Platform) -> Document:
    pages = platform.clients.cloudfront.get_paginator("list_distributions").paginate()
    for each in (each for page in pages for each in page["DistributionList"].get("Items", ())):
        if platform.environment.domain in _aliases(each):
            found: Document = each
            return found
    reason = f"no distribution serves {platform.environment.domain}"
    remedy = f"cdktf deploy {platform.environment.name}"
    raise CannotCheckError(Finding(Status.FAIL, "cdn.missing", reason, remedy))


def _aliases(distribution: Document) -> list[str]:
    aliases: list[str] = distribution.get("Aliases", {}).get("Items", [])
    return aliases


def _serves(found: Document, platform: Platform) -> Iterator[Finding]:
    id_, remedy = found["Id"], f"cdktf deploy {platform.environment.name}"
    if not found["Enabled"]:
        yield Finding(Status.FAIL, "cdn.enabled", f"{id_} is disabled: it answers no request", remedy)
    if found["Status"] != "Deployed":
        reason = f"{id_} is {found['Status']}, not Deployed: some of CloudFront's locations still serve what was before"
        yield Finding(Status.FAIL, "cdn.status", reason, "wait some minutes, then run this again")
    if missing := [name for name in platform.environment.domains if name not in _aliases(found)]:
        yield Finding(Status.FAIL, "cdn.aliases", f"{id_} does not serve {', '.join(missing)}", remedy)


def _origin(found: Document, platform: Platform) -> Iterator[Finding]:
    wanted = load_balancer(platform)["DNSName"]
    origins = [each["DomainName"] for each in found["Origins"]["Items"]]
    if wanted not in origins:
        reason = f"{found['Id']} leads to {', '.join(origins)}, not to the load balancer {wanted}"
        yield Finding(Status.FAIL, "cdn.origin", reason, f"cdktf deploy {platform.environment.name}")
