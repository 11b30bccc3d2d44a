"""Part of check 5: whether Prometheus scrapes every running task, and did so lately."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from operations.aws.clients import Document
from operations.text import many
from operations.verification.deployed import Deployed, is_new
from operations.verification.findings import Finding, Status
from operations.verification.platform import Platform

_MOST_INTERVALS = 4
_SHORTEST_SILENCE = timedelta(seconds=30)
# https://prometheus.io/docs/prometheus/latest/configuration/configuration/#configuration-file
_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}
_DURATION = re.compile(r"(\d+)(ms|[dhms])")
# What datetime reads of a time that Go writes with nanoseconds.
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)")


def scraping(server: str, targets: Sequence[Document], platform: Platform, now: datetime) -> Iterator[Finding]:
    """Compare the targets of each service with its running tasks; a scrape job has the name of its service."""
    if not any(target.get("health") == "up" for target in targets):
        reason = f"no target is up: {server} collects nothing"
        yield Finding(Status.FAIL, f"{server}.targets", reason, f"look at the log of {server}")
    for name in platform.scraped_by(server):
        of_job = [target for target in targets if target.get("labels", {}).get("job") == name]
        yield from _of_service(server, platform.deployed[name], of_job)
        yield from _stale(name, of_job, now)


def _of_service(server: str, deployed: Deployed, targets: Sequence[Document]) -> Iterator[Finding]:
    """Report running tasks that are not scraped, and targets that are down: those may be of tasks that have gone."""
    name, tasks = deployed.name, deployed.tasks
    down = [target for target in targets if target.get("health") != "up"]
    up = len(targets) - len(down)
    if up >= len(tasks):
        for target in down:
            yield Finding(Status.WARN, f"{server}.targets.down", f"target {name}: {_state(target)}")
        return
    # A task that has just started is scraped once DNS knows it.
    new = sum(is_new(task) for task in tasks)
    status = Status.WARN if len(tasks) - up <= new else Status.FAIL
    states = "; ".join(map(_state, down)) or "no other target is known"
    reason = f"{name}: {up} of {many(len(tasks), 'task')} scraped; {states}"
    remedy = f"look at its registration in Cloud Map, and at the log of {server}"
    yield Finding(status, f"{server}.targets.{name}", reason, remedy)


def _stale(name: str, targets: Sequence[Document], now: datetime) -> Iterator[Finding]:
    """Report targets that count as up, but by a scrape of long ago: a server that hangs says so of all of them."""
    for target in targets:
        last, interval = _time(target.get("lastScrape", "")), seconds(target.get("scrapeInterval", ""))
        most = max(_SHORTEST_SILENCE, timedelta(seconds=_MOST_INTERVALS * interval))
        if target.get("health") == "up" and last and interval and now - last > most:
            ago = f"{(now - last).total_seconds():.0f} s ago, though every {target['scrapeInterval']} is configured"
            reason = f"target {name}: {target.get('scrapeUrl')} was last scraped {ago}"
            remedy = "look at the server's log; restart it if it hangs"
            yield Finding(Status.FAIL, f"{name}.last-scrape", reason, remedy)


def _state(target: Document) -> str:
    why = target.get("lastError") or "it has not been scraped yet"
    return f"{target.get('scrapeUrl')} is {target.get('health')}: {why}"


def _time(text: str) -> datetime | None:
    found = _TIME.fullmatch(text)
    return datetime.fromisoformat(found[1] + found[2]) if found else None


def seconds(duration: str) -> float:
    """Return the seconds of a duration as Prometheus writes it, such as ``1m30s``; 0 if it is none."""
    return sum(int(number) * _UNITS[unit] for number, unit in _DURATION.findall(duration))
