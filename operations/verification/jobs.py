"""The jobs of an environment: what the settings want of each, and the schedule that AWS has for it."""

from typing import NamedTuple

from botocore.exceptions import ClientError

from operations.aws.clients import Document
from operations.aws.errors import is_missing
from operations.verification.deployed import Deployed
from operations.verification.findings import CannotCheckError, Finding, Status
from operations.verification.platform import Platform


class Job(NamedTuple):
    """A job by its name, and when it should run."""

    name: str
    expression: str


def jobs(platform: Platform) -> list[Job]:
    """Return the jobs that the settings have."""
    return [Job(name, expression) for name, expression in platform.environment.jobs.items()]


def read_schedule(job: Job, platform: Platform) -> Document:
    """Return a job's schedule; raises CannotCheckError, as a failure, if there is none.

    https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html
    """
    name = platform.environment.service_name(job.name)
    try:
        schedule: Document = platform.clients.scheduler.get_schedule(Name=name)
    except ClientError as error:
        if not is_missing(error):
            raise
        reason, remedy = f"{job.name}: there is no schedule {name}", f"cdktf deploy {platform.environment.name}"
        raise CannotCheckError(Finding(Status.FAIL, f"{job.name}.schedule", reason, remedy)) from None
    return schedule


def read_revision(job: Job, platform: Platform) -> Deployed:
    """Return the revision that a job's schedule runs: the latest of its family if the schedule names none."""
    target = read_schedule(job, platform)["Target"]["EcsParameters"]["TaskDefinitionArn"]
    described = platform.clients.ecs.describe_task_definition(taskDefinition=target)["taskDefinition"]
    return Deployed(job.name, {}, described, ())
