"""Part of check 3: the streams in which the latest runs of a job have logged."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from botocore.exceptions import ClientError

from operations.aws.errors import is_missing
from operations.verification.checks.log_streams import Stream, log_options
from operations.verification.deployed import Deployed
from operations.verification.platform import Platform

MOST_RUNS = 50
"""How many runs are read: one that starts every minute has 1,440 streams a day."""

# CloudWatch may take an hour and more to bring a stream's last event up to date.
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogStream.html
_OUT_OF_DATE = timedelta(hours=2)
_TIMES = ("creationTime", "lastEventTimestamp", "lastIngestionTime")


def job_streams(revision: Deployed, since: datetime, platform: Platform) -> list[Stream]:
    """Return the streams of the latest runs since a time, the latest first; none if nothing was logged."""
    log = log_options(revision, revision.name)
    group, prefix = log["awslogs-group"], f"{log['awslogs-stream-prefix']}/{revision.name}/"
    names = (name for name in _latest(group, since, platform) if name.startswith(prefix))
    try:
        return [Stream(group, name) for name in islice(names, MOST_RUNS)]
    except ClientError as error:
        if not is_missing(error):
            raise
        return []


def _latest(group: str, since: datetime, platform: Platform) -> Iterator[str]:
    oldest = int((since - _OUT_OF_DATE).timestamp() * 1000)
    pages = platform.clients.logs.get_paginator("describe_log_streams").paginate(
        logGroupName=group, orderBy="LastEventTime", descending=True
    )
    for stream in (stream for page in pages for stream in page["logStreams"]):
        if max(stream.get(time, 0) for time in _TIMES) < oldest:
            return
        yield stream["logStreamName"]
