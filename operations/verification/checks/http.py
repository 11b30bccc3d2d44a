"""Check 5: each Prometheus is healthy, ready, and scrapes every task; asked inside its own container."""

import json
import re
from datetime import UTC, datetime

from operations.aws.clients import Document
from operations.text import many
from operations.verification.checks.probes import Answer, ask
from operations.verification.checks.scraping import scraping
from operations.verification.deployed import Deployed
from operations.verification.findings import CannotCheckError, Finding, Seen, Status
from operations.verification.platform import Platform
from operations.verification.services import Part, look_at_each

HEALTHY = re.compile("Prometheus.*is.*Healthy")
READY = re.compile("Prometheus.*is.*Ready")

_LONGEST_QUOTE = 200


def check_http(platform: Platform) -> Seen:
    """Ask the management and targets API of each server.

    https://prometheus.io/docs/prometheus/latest/management_api/
    """
    if not platform.scrapers:
        raise CannotCheckError(platform.no_scraper())
    servers = [platform.deployed[name] for name in platform.scrapers]
    seen = look_at_each(servers, lambda server: _of_server(server, platform))
    if not seen.counts:
        return Seen("not checked", {}, tuple(seen.findings))
    targets, up = seen.counts["active_targets"], seen.counts["targets_up"]
    return Seen(f"{up} of {many(targets, 'active target')} up", seen.counts, tuple(seen.findings))


def _of_server(server: Deployed, platform: Platform) -> Part:
    platform.require_tasks(server.name)
    url = f"http://127.0.0.1:{server.port(server.name)}"
    answers = ask(
        platform,
        server.name,
        {
            "healthy": f"fetch {url}/-/healthy",
            "ready": f"fetch {url}/-/ready",
            "targets": f"fetch '{url}/api/v1/targets?state=active'",
            "now": "date +%s",
        },
    )
    targets, unreadable = read_targets(answers["targets"], f"{server.name}.targets")
    up = sum(target.get("health") == "up" for target in targets)
    findings = [
        *says(answers["healthy"], HEALTHY, "/-/healthy", f"{server.name}.healthy"),
        *says(answers["ready"], READY, "/-/ready", f"{server.name}.ready"),
        *(unreadable or scraping(server.name, targets, platform, _now(answers["now"]))),
    ]
    return Part({"active_targets": len(targets), "targets_up": up}, findings)


def says(answer: Answer, pattern: re.Pattern[str], path: str, id_: str) -> list[Finding]:
    """Return what is wrong with an answer that should match a pattern somewhere: its wording varies by version."""
    if answer.status == 0 and pattern.search(answer.text):
        return []
    said = answer.trouble or f"{' '.join(answer.text.split())[:_LONGEST_QUOTE]!r}"
    return [Finding(Status.FAIL, id_, f"{path} answers {said}")]


def read_targets(answer: Answer, id_: str) -> tuple[list[Document], list[Finding]]:
    """Return the active targets, and what is wrong with the answer itself.

    https://prometheus.io/docs/prometheus/latest/querying/api/#targets
    """
    path = "/api/v1/targets"
    if answer.trouble:
        return [], [Finding(Status.FAIL, id_, f"{path} answers {answer.trouble}")]
    try:
        document = json.loads(answer.text)
        status, targets = document["status"], document.get("data", {}).get("activeTargets", [])
    except (ValueError, TypeError, KeyError, AttributeError):
        return [], [Finding(Status.FAIL, id_, f"{path} answers no JSON that is known: {answer.text[:_LONGEST_QUOTE]}")]
    if status != "success":
        why = document.get("error", "no reason given")
        return [], [Finding(Status.FAIL, id_, f"{path} has status {status}: {why}")]
    return targets, []


def _now(answer: Answer) -> datetime:
    """Return the container's time, because a scrape's is by the same clock; this machine's if the image has no date."""
    if answer.status == 0 and answer.text.isdecimal():
        return datetime.fromtimestamp(int(answer.text), UTC)
    return datetime.now(UTC)
