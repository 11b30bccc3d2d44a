"""Check 3: each Prometheus has started, and no service logs errors."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from botocore.exceptions import ClientError

from operations.aws.clients import Document
from operations.aws.ecs import primary, task_id
from operations.text import many
from operations.verification.checks.job_log import MOST_RUNS, job_streams
from operations.verification.checks.log_errors import error_starts
from operations.verification.checks.log_streams import Logged, log_options, read, streams
from operations.verification.deployed import Deployed
from operations.verification.findings import CannotCheckError, Finding, Seen, Status
from operations.verification.jobs import Job, jobs, read_revision
from operations.verification.platform import Platform
from operations.verification.services import Part, look_at_each

STARTED = "Server is ready to receive web requests"

_LONGEST_QUOTE = 200
_COUNTED = ("lines", "startup_lines", "errors")


def check_logs(platform: Platform) -> Seen:
    """Read what the deployed tasks of every service have logged; older tasks' logs say nothing of them.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
    """
    services = look_at_each(platform.deployed.values(), lambda deployed: _of_service(deployed, platform))
    of_jobs = look_at_each(jobs(platform), lambda job: _of_job(job, platform))
    counts = {key: services.counts.get(key, 0) + of_jobs.counts.get(key, 0) for key in _COUNTED}
    lines, errors, total = counts["lines"], counts["errors"], len(platform.environment.services)
    return Seen(
        f"{many(lines, 'line')} of {many(total, 'service')} read, {many(errors, 'error')}",
        counts,
        (*services.findings, *of_jobs.findings, *([] if platform.scrapers else [platform.no_scraper()])),
    )


def _of_service(deployed: Deployed, platform: Platform) -> Part:
    platform.require_tasks(deployed.name)
    is_server = deployed.name in platform.scrapers
    _require_log(deployed, Status.FAIL if is_server else Status.SKIP)
    since = platform.since or primary(deployed.service)["createdAt"]
    logged = [read(stream, since, platform) for stream in streams(deployed, platform)]
    errors = [error for each in logged for error in _errors(each)]
    started = _started(deployed, platform) if is_server else 0
    findings = [
        *([_not_started(deployed, platform)] if is_server and not started else []),
        *_logged_errors(deployed.name, errors, since),
        *_cut(deployed.name, logged),
    ]
    lines = sum(len(each.events) for each in logged)
    return Part({"lines": lines, "startup_lines": started, "errors": len(errors)}, findings)


def _of_job(job: Job, platform: Platform) -> Part:
    """Read what the runs of a job have logged, by default since the revision that its schedule runs was registered."""
    revision = read_revision(job, platform)
    _require_log(revision, Status.SKIP)
    since = platform.since or revision.definition["registeredAt"]
    streams_of_runs = job_streams(revision, since, platform)
    logged = [read(stream, since, platform) for stream in streams_of_runs]
    errors = [error for each in logged for error in _errors(each)]
    findings = [*_logged_errors(job.name, errors, since), *_cut(job.name, logged)]
    if len(streams_of_runs) == MOST_RUNS:
        reason = f"{job.name}: only its latest {MOST_RUNS} runs are read; errors of earlier ones may be missing here"
        findings.append(Finding(Status.WARN, f"{job.name}.log-cut", reason, "read less: --since 30m"))
    return Part({"lines": sum(len(each.events) for each in logged), "errors": len(errors)}, findings)


def _require_log(deployed: Deployed, status: Status) -> None:
    """Raise CannotCheckError, with this status, if the main container does not log to CloudWatch."""
    if not log_options(deployed, deployed.name):
        reason = f"{deployed.name}: the container {deployed.name} does not log to CloudWatch"
        raise CannotCheckError(Finding(status, f"{deployed.name}.log-driver", reason, "read its log where it goes"))


def _errors(logged: Logged) -> Iterator[tuple[Document, str]]:
    # A log driver may put the lines of a stack trace into one event.
    return error_starts((event, line) for event in logged.events for line in event["message"].splitlines())


def _logged_errors(name: str, errors: Sequence[tuple[Document, str]], since: datetime) -> Iterator[Finding]:
    if not errors:
        return
    event, line = max(errors, key=lambda error: error[0]["timestamp"])
    latest = f"of {_time(_at(event['timestamp']))}: {' '.join(line.split())[:_LONGEST_QUOTE]}"
    reason = f"{name}: {many(len(errors), 'error')} logged since {_time(since)}; the latest, {latest}"
    remedy = "read its log; --since 30m looks at the last half hour alone"
    yield Finding(Status.FAIL, f"{name}.errors", reason, remedy)


def _cut(name: str, logged: Sequence[Logged]) -> Iterator[Finding]:
    cut = [each for each in logged if each.cut]
    if cut:
        oldest = max(each.events[0]["timestamp"] if each.events else 0 for each in cut)
        reason = f"{name}: too much is logged to read all; errors before {_time(_at(oldest))} may be missing here"
        yield Finding(Status.WARN, f"{name}.log-cut", reason, "read less: --since 30m")


def _started(deployed: Deployed, platform: Platform) -> int:
    """Count the startup lines of the running tasks, whenever they started."""
    log = log_options(deployed, deployed.name)
    prefix = f"{log['awslogs-stream-prefix']}/{deployed.name}"
    names = [f"{prefix}/{task_id(task)}" for task in deployed.tasks]
    pages = platform.clients.logs.get_paginator("filter_log_events").paginate(
        logGroupName=log["awslogs-group"], logStreamNames=names, filterPattern=f'"{STARTED}"'
    )
    try:
        return sum(STARTED in event["message"] for page in pages for event in page["events"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return 0


def _not_started(deployed: Deployed, platform: Platform) -> Finding:
    name, kept = deployed.name, timedelta(days=platform.environment.log_retention_days)
    oldest = min((task["startedAt"] for task in deployed.tasks if "startedAt" in task), default=datetime.now(UTC))
    if datetime.now(UTC) - oldest > kept:
        reason = f"the task runs for longer than its log is kept ({kept.days} days): no startup line is left"
        return Finding(Status.WARN, f"{name}.startup-line", reason)
    group = log_options(deployed, name)["awslogs-group"]
    reason = f'no line "{STARTED}" in the log of the running task'
    return Finding(Status.FAIL, f"{name}.startup-line", reason, f"read {group} for what it says instead")


def _at(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
