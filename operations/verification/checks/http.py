"""Check 5: Prometheus is healthy, ready, and scrapes every task; asked inside its own container."""

import json
import re
from datetime import UTC, datetime

from operations.aws.clients import Document
from operations.text import many
from operations.verification.checks.probes import Answer, ask
from operations.verification.checks.scraping import scraping
from operations.verification.findings import Finding, Seen, Status
from operations.verification.platform import Platform

HEALTHY = re.compile("Prometheus.*is.*Healthy")
READY = re.compile("Prometheus.*is.*Ready")

_LONGEST_QUOTE = 200


def check_http(platform: Platform) -> Seen:
    """Ask the server's management and targets API.

    https://prometheus.io/docs/prometheus/latest/management_api/
    """
    server = platform.metrics_server
    platform.require_tasks(server)
    url = f"http://127.0.0.1:{platform.deployed[server].port(server)}"
    answers = ask(
        platform,
        server,
        {
            "healthy": f"fetch {url}/-/healthy",
            "ready": f"fetch {url}/-/ready",
            "targets": f"fetch '{url}/api/v1/targets?state=active'",
            "now": "date +%s",
        },
    )
    targets, unreadable = read_targets(answers["targets"], f"{server}.targets")
    up = sum(target.get("health") == "up" for target in targets)
    return Seen(
        f"{up} of {many(len(targets), 'active target')} up",
        {"active_targets": len(targets), "targets_up": up},
        (
            *says(answers["healthy"], HEALTHY, "/-/healthy", f"{server}.healthy"),
            *says(answers["ready"], READY, "/-/ready", f"{server}.ready"),
            *(unreadable or scraping(targets, platform, _now(answers["now"]))),
        ),
    )


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
