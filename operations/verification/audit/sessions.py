"""Whether the task role may do what the cluster's logging and encryption of sessions take."""

from collections.abc import Iterator

from operations.verification.audit.context import Context
from operations.verification.audit.permissions import Permissions
from operations.verification.findings import Finding, Status

_STREAM_ACTIONS = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")


def audit_sessions(name: str, permissions: Permissions, context: Context) -> Iterator[Finding]:
    """Compare what the cluster asks for with what the task role may do.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-logging
    """
    yield from _key(name, permissions, context)
    if group := context.log.get("cloudWatchLogGroupName"):
        yield from _unlogged(name, f"log group {group}", _missing_for_group(str(group), permissions, context))
    if bucket := context.log.get("s3BucketName"):
        yield from _unlogged(name, f"bucket {bucket}", _missing_for_bucket(str(bucket), permissions, context))


def _key(name: str, permissions: Permissions, context: Context) -> Iterator[Finding]:
    if context.key_arn and permissions.missing(["kms:Decrypt"], context.key_arn):
        key = context.sessions["kmsKeyId"]
        reason = f"{name}: the cluster encrypts sessions with {key}, but the task role may not kms:Decrypt with it"
        yield Finding(Status.FAIL, f"{name}.session-key", reason, "grant it: exec.encrypted = true does so")


def _missing_for_group(group: str, permissions: Permissions, context: Context) -> list[str]:
    every_group = context.arns.regional("logs", "log-group:*")
    streams = context.arns.regional("logs", f"log-group:{group}:*")
    return [
        *permissions.missing(["logs:DescribeLogGroups"], every_group),
        *permissions.missing(_STREAM_ACTIONS, streams),
    ]


def _missing_for_bucket(bucket: str, permissions: Permissions, context: Context) -> list[str]:
    of_bucket = ["s3:GetBucketLocation"]
    if context.log.get("s3EncryptionEnabled"):
        # The agent looks whether the bucket encrypts, and logs nothing if it cannot.
        of_bucket.append("s3:GetEncryptionConfiguration")
    arn = context.arns.bucket(bucket)
    objects = f"{arn}/{context.log.get('s3KeyPrefix', '')}*"
    return [*permissions.missing(of_bucket, arn), *permissions.missing(["s3:PutObject"], objects)]


def _unlogged(name: str, where: str, missing: list[str]) -> Iterator[Finding]:
    if missing:
        reason = f"{name}: sessions belong in the {where}, but the task role may not {', '.join(missing)}"
        yield Finding(Status.FAIL, f"{name}.session-log", reason, f"grant it: exec.{name} = true does so")
