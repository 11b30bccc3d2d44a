"""Whether sessions are logged where the platform has them logged, for as long, and encrypted."""

from collections.abc import Iterator

from operations.aws.clients import Document
from operations.text import many
from operations.verification.audit.context import Context
from operations.verification.findings import Finding, Status

_ELSEWHERE = {
    "NONE": "are not logged",
    "DEFAULT": "go to the log groups of the tasks, if at all",
    "OVERRIDE": "are logged to {group}",
}


def audit_session_log(context: Context) -> Iterator[Finding]:
    """Compare how the cluster logs and encrypts sessions with the settings.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-logging
    """
    yield from _place(context)
    yield from _bucket(context)
    yield from _key(context)
    if context.log.get("cloudWatchLogGroupName"):
        yield from _group(context, str(context.log["cloudWatchLogGroupName"]))


def _place(context: Context) -> Iterator[Finding]:
    # What AWS does if nothing is configured.
    logging = context.sessions.get("logging", "DEFAULT")
    group = context.log.get("cloudWatchLogGroupName")
    if group == context.log_group:
        return
    goes = _ELSEWHERE.get(logging, "are logged by {logging}").format(group=group or "no log group", logging=logging)
    id_ = "exec.not-logged" if logging == "NONE" else "exec.logged-elsewhere"
    reason = f"sessions {goes}; they belong in {context.log_group} (the cluster's logging is {logging})"
    yield Finding(Status.FAIL, id_, reason, _deploy(context))


def _bucket(context: Context) -> Iterator[Finding]:
    if bucket := context.log.get("s3BucketName"):
        reason = f"sessions are copied to the bucket {bucket} too, which the platform does not know"
        yield Finding(Status.FAIL, "exec.logged-to-bucket", reason, _deploy(context))


def _key(context: Context) -> Iterator[Finding]:
    if context.sessions.get("kmsKeyId"):
        return
    if context.platform.environment.exec.encrypted:
        reason = "exec.encrypted is on in the settings, but the cluster has no key for sessions"
        yield Finding(Status.FAIL, "exec.no-key", reason, _deploy(context))
        return
    reason = "sessions have no KMS key: they are encrypted in transit, and their log with AWS's own key, but no more"
    yield Finding(Status.WARN, "exec.no-key", reason, f"set exec.encrypted = true in {context.platform.file}")


def _group(context: Context, name: str) -> Iterator[Finding]:
    groups = context.platform.clients.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    found = next((each for each in groups if each["logGroupName"] == name), None)
    if found is None:
        reason = f"the cluster logs sessions to {name}, which does not exist"
        yield Finding(Status.FAIL, "exec.no-log-group", reason, _deploy(context))
        return
    if context.log.get("cloudWatchEncryptionEnabled") and not found.get("kmsKeyId"):
        reason = f"the cluster wants its session log encrypted, but {name} has no KMS key"
        yield Finding(Status.FAIL, "exec.log-group-key", reason, _deploy(context))
    yield from _retention(context, found)


def _retention(context: Context, group: Document) -> Iterator[Finding]:
    """Find a log that is kept for another time: shorter loses evidence, longer keeps what sessions have shown."""
    wanted, kept = context.platform.environment.exec_log_retention_days, group.get("retentionInDays")
    if kept != wanted:
        time = f"for {many(kept, 'day')}" if kept else "for ever"
        reason = f"{group['logGroupName']} is kept {time}, the settings say {many(wanted, 'day')}"
        yield Finding(Status.WARN, "exec.log-retention", reason, _deploy(context))


def _deploy(context: Context) -> str:
    return f"cdktf deploy {context.platform.environment.name} sets it as the settings say"
