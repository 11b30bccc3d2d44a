"""Check 5: Prometheus is healthy, ready, and scrapes its targets; asked inside its own container."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from operations.aws.clients import Document
from operations.text import many
from operations.verification.checks.probes import Answer, ask
from operations.verification.findings import Finding, Seen, Status
from operations.verification.platform import Platform

SERVER = "prometheus"
HEALTHY = re.compile("Prometheus.*is.*Healthy")
READY = re.compile("Prometheus.*is.*Ready")

_LONGEST_QUOTE = 200


def check_http(platform: Platform) -> Seen:
    """Ask the server's management and targets API.

    https://prometheus.io/docs/prometheus/latest/management_api/
    """
    url = f"http://127.0.0.1:{_port(platform)}"
    answers = ask(
        platform,
        SERVER,
        {
            "healthy": f"fetch {url}/-/healthy",
            "ready": f"fetch {url}/-/ready",
            "targets": f"fetch '{url}/api/v1/targets?state=active'",
        },
    )
    targets, findings = read_targets(answers["targets"])
    up = sum(target.get("health") == "up" for target in targets)
    return Seen(
        f"{up} of {many(len(targets), 'active target')} up",
        {"active_targets": len(targets), "targets_up": up},
        (
            *says(answers["healthy"], HEALTHY, "/-/healthy"),
            *says(answers["ready"], READY, "/-/ready"),
            *findings,
            *([] if findings else _scraping(targets, platform.environment.desired_counts)),
        ),
    )


def says(answer: Answer, pattern: re.Pattern[str], path: str) -> list[Finding]:
    """Return what is wrong with an answer that should match a pattern somewhere: its wording varies by version."""
    if answer.status == 0 and pattern.search(answer.text):
        return []
    said = answer.trouble or f"{' '.join(answer.text.split())[:_LONGEST_QUOTE]!r}"
    return [Finding(Status.FAIL, f"prometheus{path.replace('/-/', '.')}", f"{path} answers {said}")]


def read_targets(answer: Answer) -> tuple[list[Document], list[Finding]]:
    """Return the active targets, and what is wrong with the answer itself.

    https://prometheus.io/docs/prometheus/latest/querying/api/#targets
    """
    path, id_ = "/api/v1/targets", "prometheus.targets"
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


def _scraping(targets: list[Document], desired_counts: Mapping[str, int]) -> Iterator[Finding]:
    """Warn of services that should run and of which nothing is scraped, and of targets that do not answer."""
    jobs = Counter(target.get("labels", {}).get("job") for target in targets)
    for service in (name for name, count in desired_counts.items() if count and not jobs[name]):
        yield Finding(
            Status.WARN,
            f"prometheus.targets.{service}",
            f"no active target of job {service}: nothing is scraped of it",
            f"look at its registration in Cloud Map, and at the log of {SERVER}",
        )
    for target in targets:
        if target.get("health") != "up":
            why = target.get("lastError") or "it has not been scraped yet"
            where = f"{target.get('labels', {}).get('job')}: {target.get('scrapeUrl')}"
            reason = f"target {where} is {target.get('health')}: {why}"
            yield Finding(Status.WARN, "prometheus.targets.down", reason)


def _port(platform: Platform) -> int:
    platform.require_tasks(SERVER)
    return platform.deployed[SERVER].port(SERVER)
