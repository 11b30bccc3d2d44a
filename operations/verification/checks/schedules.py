"""Part of check 1: whether each job has its schedule, and whether that is switched on."""

from collections.abc import Iterator

from operations.aws.clients import Document
from operations.verification.findings import Finding, Status
from operations.verification.jobs import Job, jobs, read_schedule
from operations.verification.platform import Platform
from operations.verification.services import Part, look_at_each

_ENABLED = "ENABLED"


def schedules(platform: Platform) -> Part:
    """Look at the schedule of every job; count those that are switched on."""
    return look_at_each(jobs(platform), lambda job: _of_job(job, platform))


def _of_job(job: Job, platform: Platform) -> Part:
    schedule = read_schedule(job, platform)
    enabled = schedule["State"] == _ENABLED
    return Part({"enabled_schedules": int(enabled)}, list(_findings(job, schedule, platform)))


def _findings(job: Job, schedule: Document, platform: Platform) -> Iterator[Finding]:
    id_, remedy = f"{job.name}.schedule", f"cdktf deploy {platform.environment.name}"
    if schedule["State"] != _ENABLED:
        reason = f"{job.name}: its schedule is {schedule['State']}, not {_ENABLED}, so it does not run"
        yield Finding(Status.FAIL, id_, reason, remedy)
    if schedule["ScheduleExpression"] != job.expression:
        reason = f"{job.name}: it runs at {schedule['ScheduleExpression']}, but {platform.file} says {job.expression}"
        yield Finding(Status.FAIL, id_, reason, f"{remedy}, or change the file")
