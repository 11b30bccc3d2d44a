"""Sessions must be logged where the platform has them logged, and the roles must be able to."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from environments import load
from operations.verification.audit import audit_exec
from operations.verification.findings import Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.audit.conftest import Only
from tests.unit.operations.verification.seeded import ALL_ON, MAY_EXEC, SERVICES, Seeded, allow

Look = Callable[[], Platform]
BUCKET = "arn:aws:s3:::acme"


def ids(look: Look) -> list[tuple[Status, str]]:
    return [(finding.status, finding.id) for finding in audit_exec(look()).findings]


def test_sessions_that_are_not_logged_fail(dev: Seeded, only: Only) -> None:
    dev.configure(logging="NONE", logConfiguration=None)
    assert only() == (Status.FAIL, "exec.not-logged")


def test_sessions_in_the_logs_of_the_tasks_fail(dev: Seeded, only: Only) -> None:
    dev.configure(logging="DEFAULT", logConfiguration=None)
    assert only() == (Status.FAIL, "exec.logged-elsewhere")


def test_sessions_in_another_log_group_fail(dev: Seeded, look: Look) -> None:
    dev.clients.logs.create_log_group(logGroupName="/mine")
    dev.configure(logConfiguration={"cloudWatchLogGroupName": "/mine"})
    assert ids(look)[0] == (Status.FAIL, "exec.logged-elsewhere")


def test_cluster_that_says_nothing_of_sessions_fails(dev: Seeded, look: Look) -> None:
    dev.configure(kmsKeyId=None, logging=None, logConfiguration=None)
    assert (Status.FAIL, "exec.logged-elsewhere") in ids(look)


def test_copy_in_a_bucket_fails(dev: Seeded, look: Look) -> None:
    log = {"cloudWatchLogGroupName": dev.log_group("exec"), "s3BucketName": "acme"}
    dev.configure(logConfiguration=log)
    assert ids(look)[0] == (Status.FAIL, "exec.logged-to-bucket")


def test_log_group_that_is_gone_is_said_once(dev: Seeded, only: Only) -> None:
    dev.clients.logs.delete_log_group(logGroupName=dev.log_group("exec"))
    assert only() == (Status.FAIL, "exec.no-log-group")


def test_log_group_without_the_key_that_the_cluster_wants_fails(dev: Seeded, only: Only) -> None:
    dev.clients.logs.delete_log_group(logGroupName=dev.log_group("exec"))
    dev.clients.logs.create_log_group(logGroupName=dev.log_group("exec"))
    dev.clients.logs.put_retention_policy(logGroupName=dev.log_group("exec"), retentionInDays=7)
    assert only() == (Status.FAIL, "exec.log-group-key")


@pytest.mark.parametrize("days", [1, 30])
def test_log_that_is_kept_for_another_time_is_a_warning(dev: Seeded, only: Only, days: int) -> None:
    dev.clients.logs.put_retention_policy(logGroupName=dev.log_group("exec"), retentionInDays=days)
    assert only() == (Status.WARN, "exec.log-retention")


def test_log_that_is_kept_for_ever_is_a_warning(dev: Seeded, look: Look) -> None:
    dev.clients.logs.delete_retention_policy(logGroupName=dev.log_group("exec"))
    (finding,) = audit_exec(look()).findings
    assert finding.reason == "/ecs/dev-davidshaevel/exec is kept for ever, the settings say 7 days"


def with_settings(look: Look, **variables: str) -> Look:
    environment = load("dev", variables=ALL_ON | variables)
    return lambda: replace(look(), environment=environment)


def test_log_with_a_time_of_its_own_is_kept_that_long(dev: Seeded, look: Look) -> None:
    look = with_settings(look, DEV__EXEC__LOG_RETENTION_DAYS="365")
    assert ids(look) == [(Status.WARN, "exec.log-retention")]
    dev.clients.logs.put_retention_policy(logGroupName=dev.log_group("exec"), retentionInDays=365)
    assert ids(look) == []


def unencrypted(look: Look) -> Look:
    return with_settings(look, DEV__EXEC__ENCRYPTED="false")


def test_no_key_is_a_warning_if_the_settings_want_none(dev: Seeded, look: Look) -> None:
    dev.configure(kmsKeyId=None)
    assert (Status.WARN, "exec.no-key") in ids(unencrypted(look))


def test_no_key_fails_if_the_settings_want_one(dev: Seeded, only: Only) -> None:
    """The roles may still use the key, as the settings grant it."""
    dev.configure(kmsKeyId=None)
    assert only() == (Status.FAIL, "exec.no-key")


def test_log_that_the_role_may_not_write_fails(dev: Seeded, only: Only) -> None:
    dev.allow("backend", [*MAY_EXEC, dev.may_log[-1]])
    assert only() == (Status.FAIL, "backend.session-log")


def test_log_that_is_not_asked_for_needs_no_permission(dev: Seeded, only: Only) -> None:
    dev.allow("backend", [*MAY_EXEC, dev.may_log[-1]])
    dev.configure(logging="NONE", logConfiguration=None)
    assert only() == (Status.FAIL, "exec.not-logged")


def test_key_that_the_role_may_not_use_fails(dev: Seeded, only: Only) -> None:
    dev.allow("backend", [*MAY_EXEC, *dev.may_log[:-1]])
    assert only() == (Status.FAIL, "backend.session-key")


def test_key_may_be_named_by_its_id(dev: Seeded, look: Look) -> None:
    dev.configure(kmsKeyId=dev.key.rpartition("/")[2])
    assert ids(look) == []


def bucket_findings(dev: Seeded, look: Look, **settings: object) -> list[str]:
    """Log to a bucket too, whose objects the roles may write; return what they may not."""
    log: dict[str, Any] = {"cloudWatchLogGroupName": dev.log_group("exec"), "s3BucketName": "acme"}
    dev.configure(logConfiguration=log | settings)
    for service in SERVICES:
        own = [allow("s3:GetBucketLocation", BUCKET), allow("s3:PutObject", f"{BUCKET}/sessions*")]
        dev.allow(service, [*MAY_EXEC, *dev.may_log, *own])
    return [finding.reason for finding in audit_exec(look()).findings if finding.id == "backend.session-log"]


def test_bucket_is_written_below_its_prefix_only(dev: Seeded, look: Look) -> None:
    assert bucket_findings(dev, look, s3KeyPrefix="sessions") == []
    (reason,) = bucket_findings(dev, look, s3KeyPrefix="others")
    assert reason.endswith("the bucket acme, but the task role may not s3:PutObject")


def test_encrypted_bucket_takes_a_look_at_its_encryption(dev: Seeded, look: Look) -> None:
    (reason,) = bucket_findings(dev, look, s3KeyPrefix="sessions", s3EncryptionEnabled=True)
    assert reason.endswith("may not s3:GetEncryptionConfiguration")
