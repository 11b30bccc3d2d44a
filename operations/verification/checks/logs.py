"""Check 3: the Prometheus server has started, and logs no error."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from botocore.exceptions import ClientError

from operations.aws.clients import Document
from operations.aws.ecs import task_id
from operations.text import many
from operations.verification.deployed import Deployed
from operations.verification.findings import CannotCheckError, Finding, Seen, Status
from operations.verification.platform import Platform

SERVER = "prometheus"
STARTED = "Server is ready to receive web requests"
ERROR = re.compile(r"\blevel=error\b", re.IGNORECASE)  # in capitals since Prometheus 3

_LONGEST_QUOTE = 200


def check_logs(platform: Platform) -> Seen:
    """Read the log of the deployed Prometheus task from its beginning; older tasks' logs say nothing of it.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
    """
    platform.require_tasks(SERVER)
    deployed = platform.deployed[SERVER]
    events = list(_events(deployed, platform))
    started = sum(STARTED in event["message"] for event in events)
    errors = [event for event in events if ERROR.search(event["message"])]
    return Seen(
        f"{many(len(events), 'line')} read, {many(len(errors), 'error')}",
        {"lines": len(events), "startup_lines": started, "error_lines": len(errors)},
        (*([] if started else [_not_started(deployed, platform, events)]), *_errors(errors)),
    )


def _events(deployed: Deployed, platform: Platform) -> Iterator[Document]:
    log = deployed.containers[SERVER].get("logConfiguration", {})
    options = log.get("options", {})
    if log.get("logDriver") != "awslogs" or "awslogs-stream-prefix" not in options:
        raise CannotCheckError(
            Finding(Status.FAIL, "prometheus.log-driver", "the container prometheus does not log to CloudWatch")
        )
    prefix = f"{options['awslogs-stream-prefix']}/{SERVER}"
    pages = platform.clients.logs.get_paginator("filter_log_events").paginate(
        logGroupName=options["awslogs-group"],
        logStreamNames=[f"{prefix}/{task_id(task)}" for task in deployed.tasks],
    )
    try:
        for page in pages:
            yield from page["events"]
    except ClientError as error:
        # No group or no stream: nothing has been logged, and no startup line is what the check reports.
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise


def _not_started(deployed: Deployed, platform: Platform, events: Sequence[Document]) -> Finding:
    kept = timedelta(days=platform.environment.log_retention_days)
    oldest = min((task["startedAt"] for task in deployed.tasks if "startedAt" in task), default=datetime.now(UTC))
    if datetime.now(UTC) - oldest > kept:
        reason = f"the task runs for longer than its log is kept ({kept.days} days): no startup line is left"
        return Finding(Status.WARN, "prometheus.startup-line", reason)
    group = deployed.containers[SERVER]["logConfiguration"]["options"]["awslogs-group"]
    return Finding(
        Status.FAIL,
        "prometheus.startup-line",
        f'no line "{STARTED}" among {many(len(events), "line")} of the running task',
        f"read {group} for what it says instead",
    )


def _errors(errors: Sequence[Document]) -> Iterator[Finding]:
    if not errors:
        return
    latest = max(errors, key=lambda event: event["timestamp"])
    at = datetime.fromtimestamp(latest["timestamp"] / 1000, UTC)
    quote = " ".join(latest["message"].split())[:_LONGEST_QUOTE]
    reason = f"{many(len(errors), 'line')} with level=error; the latest, of {at:%Y-%m-%d %H:%M:%S} UTC: {quote}"
    yield Finding(Status.FAIL, "prometheus.errors", reason)
