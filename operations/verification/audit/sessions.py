"""Whether sessions are logged and encrypted as the cluster asks for it."""

from collections.abc import Iterator

from operations.aws.clients import Document
from operations.verification.audit.permissions import Permissions
from operations.verification.findings import Finding, Status
from operations.verification.platform import Platform

_STREAM_ACTIONS = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")


def audit_sessions(name: str, cluster: Document, permissions: Permissions, platform: Platform) -> Iterator[Finding]:
    """Compare what the cluster asks for with what the task role may do.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommandConfiguration.html
    """
    asked = cluster.get("configuration", {}).get("executeCommandConfiguration", {})
    if key := asked.get("kmsKeyId"):
        yield from _key(name, key, permissions, platform)
    if asked.get("logging") != "OVERRIDE":
        return
    log = asked.get("logConfiguration", {})
    if group := log.get("cloudWatchLogGroupName"):
        yield from _log_group(name, group, permissions, platform, encrypted=log.get("cloudWatchEncryptionEnabled"))
    if bucket := log.get("s3BucketName"):
        arn = f"arn:aws:s3:::{bucket}"
        missing = permissions.missing(["s3:GetBucketLocation"], arn) + permissions.missing(["s3:PutObject"], f"{arn}/*")
        yield from _unlogged(name, f"bucket {bucket}", missing)


def _key(name: str, key: str, permissions: Permissions, platform: Platform) -> Iterator[Finding]:
    # It may be an id or an alias too.
    arn = key if ":key/" in key else platform.clients.kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    if permissions.missing(["kms:Decrypt"], arn):
        reason = f"{name}: the cluster encrypts sessions with {key}, but the task role may not kms:Decrypt with it"
        yield Finding(Status.FAIL, f"{name}.session-key", reason, "grant it: exec.encrypted = true does so")


def _log_group(
    name: str, group: str, permissions: Permissions, platform: Platform, *, encrypted: bool | None
) -> Iterator[Finding]:
    groups = platform.clients.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    found = next((each for each in groups if each["logGroupName"] == group), None)
    if found is None:
        reason = f"{name}: the cluster logs sessions to {group}, which does not exist"
        remedy = f"cdktf deploy {platform.environment.name}"
        yield Finding(Status.FAIL, f"{name}.session-log", reason, remedy)
        return
    if encrypted and not found.get("kmsKeyId"):
        reason = f"{name}: the cluster wants its session log encrypted, but {group} has no KMS key"
        yield Finding(Status.FAIL, f"{name}.session-log-key", reason, "give the log group the key of the sessions")
    environment = platform.environment
    every_group = f"arn:aws:logs:{environment.region}:{environment.account_id}:log-group:*"
    streams = f"arn:aws:logs:{environment.region}:{environment.account_id}:log-group:{group}:*"
    missing = permissions.missing(["logs:DescribeLogGroups"], every_group)
    missing += permissions.missing(_STREAM_ACTIONS, streams)
    yield from _unlogged(name, f"log group {group}", missing)


def _unlogged(name: str, where: str, missing: list[str]) -> Iterator[Finding]:
    if missing:
        reason = f"{name}: sessions are to be logged to the {where}, but the task role may not {', '.join(missing)}"
        yield Finding(Status.WARN, f"{name}.session-log", reason, f"grant it: exec.{name} = true does so")
