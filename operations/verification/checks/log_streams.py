"""Part of check 3: the lines that the tasks of a service have logged to CloudWatch."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from botocore.exceptions import ClientError

from operations.aws.clients import Document
from operations.aws.ecs import primary, task_id
from operations.verification.deployed import Deployed
from operations.verification.platform import Platform

# A page has up to 10,000 lines or 1 MB.
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
_MOST_PAGES = 10
_SECONDS_TO_REPORT = 5


class Stream(NamedTuple):
    """Where a container of a task logs; ECS names the stream after both."""

    group: str
    name: str


class Logged(NamedTuple):
    """The events of a stream in their order; ``cut`` if there are older ones that were not read."""

    events: list[Document]
    cut: bool


def streams(deployed: Deployed, platform: Platform) -> Iterator[Stream]:
    """Return the streams of every container that logs to CloudWatch, for all tasks that ECS knows of the deployment.

    Among them are those that stopped within the last hour: a task that crashes and is replaced takes its log along.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
    """
    ids = [task_id(task) for task in (*deployed.tasks, *_stopped(deployed, platform))]
    for container in deployed.containers:
        if log := log_options(deployed, container):
            for id_ in ids:
                yield Stream(log["awslogs-group"], f"{log['awslogs-stream-prefix']}/{container}/{id_}")


def log_options(deployed: Deployed, container: str) -> Document:
    """Return how a container logs to CloudWatch; empty if it logs elsewhere, or to streams of unknown names."""
    log = deployed.containers[container].get("logConfiguration") or {}
    options: Document = log.get("options", {})
    return options if log.get("logDriver") == "awslogs" and "awslogs-stream-prefix" in options else {}


def read(stream: Stream, since: datetime, platform: Platform) -> Logged:
    """Read a stream from its end back to a time, but no more than can be read in reasonable time."""
    pages: list[list[Document]] = []
    request = {"logGroupName": stream.group, "logStreamName": stream.name, "startFromHead": False}
    request["startTime"] = int(since.timestamp() * 1000)
    while len(pages) < _MOST_PAGES and platform.remaining_seconds > _SECONDS_TO_REPORT:
        try:
            page = platform.clients.logs.get_log_events(**request)
        except ClientError as error:
            # No group or no stream: nothing has been logged.
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            return Logged([], cut=False)
        pages.append(page["events"])
        # The end is where the token does not change any more.
        if page["nextBackwardToken"] == request.get("nextToken"):
            return Logged(_in_order(pages), cut=False)
        request["nextToken"] = page["nextBackwardToken"]
    return Logged(_in_order(pages), cut=True)


def _in_order(pages: list[list[Document]]) -> list[Document]:
    return [event for page in reversed(pages) for event in page]


def _stopped(deployed: Deployed, platform: Platform) -> list[Document]:
    service, deployment = deployed.service, primary(deployed.service)
    pages = platform.clients.ecs.get_paginator("list_tasks").paginate(
        cluster=service["clusterArn"], serviceName=service["serviceName"], desiredStatus="STOPPED"
    )
    found: list[Document] = []
    for arns in (page["taskArns"] for page in pages if page["taskArns"]):
        found += platform.clients.ecs.describe_tasks(cluster=service["clusterArn"], tasks=arns)["tasks"]
    return [task for task in found if task.get("startedBy") == deployment.get("id")]
