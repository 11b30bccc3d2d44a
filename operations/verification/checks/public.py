"""Check 10: a request through the public name is answered, as one of a user would be."""

import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, build_opener

from operations.threads import side_by_side
from operations.verification.checks.load_balancer import load_balancer
from operations.verification.findings import CannotCheckError, Finding, Seen, Status
from operations.verification.platform import Platform
from operations.verification.services import guarded

_LONGEST_SECONDS = 10
_HTTP_ERRORS, _SERVER_ERRORS = 400, 500
_AGENT = {"User-Agent": "ecs-platform-verify"}
# Of the AWS itself, in all of its partitions; elsewhere it is an emulator.
_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")


@dataclass(frozen=True)
class _Answered:
    """What came of a request: a status of HTTP, or why there is none."""

    url: str
    status: int | None = None
    reason: str = ""
    untrusted: bool = False

    @property
    def good(self) -> bool:
        """Whether it ended with a page; urllib calls redirects without an end an error of the status 302."""
        return self.status is not None and self.status < _HTTP_ERRORS and not self.reason


def check_public(platform: Platform) -> Seen:
    """Request each domain's start page, and a path of each public service, as far as this machine reaches them.

    The load balancer itself must not be reached, if the settings say so.

    The way may be shut from here alone: that is a skip, because it says nothing of the platform.
    """
    endpoint = urlsplit(platform.clients.ecs.meta.endpoint_url).hostname or ""
    if not endpoint.endswith(_AWS):
        reason = f"{platform.environment.domain} does not lead to the AWS at {endpoint}"
        raise CannotCheckError(Finding(Status.SKIP, "public.emulated", reason, "ask the real AWS"))
    pages = [f"https://{domain}/" for domain in platform.environment.domains]
    pages += [f"https://{platform.environment.domain}{path}" for path in platform.public_paths]
    urls = list(dict.fromkeys(pages))
    direct = guarded(lambda: _past_the_cdn(platform))
    answers = side_by_side(lambda url: _request(url, min(platform.remaining_seconds, _LONGEST_SECONDS)), urls)
    good = sum(each.good for each in answers)
    findings = [*_unreachable(answers), *(finding for each in answers for finding in _findings(each)), *direct]
    return Seen(f"{good} of {len(urls)} requests answered", {"requests": len(urls), "answered": good}, tuple(findings))


def _past_the_cdn(platform: Platform) -> Iterator[Finding]:
    """Request the load balancer itself, if the settings let CloudFront alone reach it."""
    settings = platform.environment.load_balancer
    if not settings.cloudfront_only:
        return
    url = f"{'https' if settings.certificate_arn else 'http'}://{load_balancer(platform)['DNSName']}/"
    answered = _request(url, min(platform.remaining_seconds, _LONGEST_SECONDS))
    # A 5xx may be of a proxy between, which does not reach it either.
    if answered.untrusted or (answered.status or _SERVER_ERRORS) < _SERVER_ERRORS:
        reason = f"{url} answers this machine, past CloudFront: {answered.status or answered.reason}"
        remedy = f"see who its security group lets in, then cdktf deploy {platform.environment.name}"
        yield Finding(Status.FAIL, "public.past-cdn", reason, remedy)


def _request(url: str, seconds: float) -> _Answered:
    try:
        request = Request(url, headers=_AGENT)  # noqa: S310 - http or https
        with build_opener().open(request, timeout=seconds) as answer:
            return _Answered(url, answer.status)
    except HTTPError as error:
        return _Answered(url, error.code, str(error.reason))
    except (URLError, OSError) as error:
        cause = error.reason if isinstance(error, URLError) else error
        return _Answered(url, None, str(cause), isinstance(cause, ssl.SSLCertVerificationError))


def _unreachable(answers: Sequence[_Answered]) -> Iterator[Finding]:
    """Report each reason once, with the hosts that it keeps from being asked."""
    reasons: dict[str, dict[str, None]] = {}
    for each in answers:
        if each.status is None and not each.untrusted:
            reasons.setdefault(each.reason, {})[urlsplit(each.url).netloc] = None
    for why, hosts in reasons.items():
        reason = f"this machine does not reach {' and '.join(hosts)}: {why}"
        remedy = "run this where the Internet is reached; a name that is unknown there too has no DNS record yet"
        yield Finding(Status.SKIP, "public.unreachable", reason, remedy)


def _findings(answered: _Answered) -> Iterator[Finding]:
    url, status = answered.url, answered.status
    if answered.untrusted:
        remedy = "see which certificate it presents, and the check cdn"
        yield Finding(Status.FAIL, "public.certificate", f"{url} is not to be trusted: {answered.reason}", remedy)
    if status is None or answered.good:
        return
    reason = f"{url} answers {status} {answered.reason}"
    if _HTTP_ERRORS <= status < _SERVER_ERRORS:
        yield Finding(Status.WARN, "public.status", reason, "the application knows whether that is right")
    else:
        yield Finding(Status.FAIL, "public.status", reason, "see the checks load-balancer, cdn and logs")
