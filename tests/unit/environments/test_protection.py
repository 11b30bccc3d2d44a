"""A protected environment reports every line that must change, and lets no variable change one."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from environments import Environment, load, load_all
from tests.unit.protected import PROTECTED

Loader = Callable[..., Environment]
Reporter = Callable[..., list[str]]

OR_OURS = ", or access_logs = true at the top of the file"
FORBIDDEN = "the environment is protected, and no variable changes this; change the file"


def test_prod_is_protected_and_the_others_are_not() -> None:
    protected = {each.name: each.protected for each in load_all(variables={})}
    assert protected == {"dev": False, "prod": True, "staging": False}


def test_one_report_names_every_line_that_must_change(faults: Reporter) -> None:
    wrong = {
        "protected": True,
        "database.backup_retention_days": 6,
        "exec.policy": "managed",
        "exec.backend": True,
        "services.backend.port": 70000,
    }
    needs, enough = "a protected environment needs a line such as", "is not enough for a protected environment; write"
    timed = 'backend = { reason = "incident 4711", until = 2026-12-01T18:00:00Z }'
    assert faults(wrong) == [
        f"database.multi_az: false {enough} multi_az = true",
        f"database.deletion_protection: false {enough} deletion_protection = true",
        f"database.backup_retention_days: 6 {enough} backup_retention_days = 7, or more",
        f"load_balancer.deletion_protection: false {enough} deletion_protection = true",
        f'load_balancer.access_logs_bucket: missing; {needs} access_logs_bucket = "acme-logs"{OR_OURS}',
        "services.backend.port: 70000 is not a port; choose 1 to 65535",
        f'exec.policy: managed {enough} policy = "minimal"',
        f"exec.encrypted: false {enough} encrypted = true",
        f"exec.backend: true {enough} {timed}",
        f'cdn.logging_bucket: missing; {needs} logging_bucket = "acme-logs"{OR_OURS}',
        f'delivery.principal: user {enough} principal = "oidc", with a repository and a branch',
    ]


def test_the_platforms_own_bucket_takes_all_access_logs(loaded: Loader) -> None:
    buckets = ("load_balancer.access_logs_bucket", "cdn.logging_bucket")
    assert loaded({**PROTECTED, **dict.fromkeys(buckets), "access_logs": True}).protected


def test_nothing_is_decided_by_a_name(loaded: Loader) -> None:
    assert loaded(name="prod").protected is False
    assert loaded(PROTECTED).protected is True


def test_a_shell_with_reason_and_end_is_allowed(write: Callable[..., Path]) -> None:
    timed = {"exec.backend.reason": "incident 4711", "exec.backend.until": datetime(2026, 12, 1, tzinfo=UTC)}
    now = datetime(2026, 11, 30, tzinfo=UTC)
    assert load("dev", folder=write(PROTECTED | timed), variables={}, now=now).exec.enabled == ("backend",)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("database.multi_az", "true"),
        ("database.backup_retention_days", "35"),
        ("database", "{}"),
        ("load_balancer.access_logs_bucket", "acme"),
        ("cdn.logging_bucket", "acme"),
        ("exec.policy", "minimal"),
        ("exec.encrypted", "true"),
        ("delivery.branch", "other"),
        ("rule_exceptions", "{}"),
        ("protected", "false"),
        ("access_logs", "false"),
    ],
)
def test_no_variable_changes_what_is_protected(faults: Reporter, setting: str, value: str) -> None:
    variable = f"DEV__{setting.upper().replace('.', '__')}"
    assert faults(PROTECTED, **{variable: value}) == [f"{setting} (from {variable}): {FORBIDDEN}"]


def test_no_variable_opens_a_shell(faults: Reporter) -> None:
    variables = {"DEV__EXEC__BACKEND": '{ reason = "x", until = 2999-01-01T00:00:00Z }', "DEV__EXEC": "{}"}
    lines = faults(PROTECTED, **variables)
    assert [line.partition(":")[0] for line in lines] == [
        "exec (from DEV__EXEC)",
        "exec.backend (from DEV__EXEC__BACKEND)",
    ]
    assert all("for a shell use python -m operations break-glass" in line for line in lines)


def test_a_variable_cannot_take_the_protection_away(faults: Reporter) -> None:
    variables = {"DEV__PROTECTED": "false", "DEV__DATABASE__DELETION_PROTECTION": "false"}
    assert len(faults(PROTECTED, **variables)) == 2


def test_other_settings_are_overridden_as_ever(loaded: Loader) -> None:
    assert loaded(PROTECTED, DEV__DATABASE__INSTANCE_CLASS="db.m6g.large").database.instance_class == "db.m6g.large"


def test_a_variable_may_demand_protection(faults: Reporter) -> None:
    assert len(faults(DEV__PROTECTED="true")) == 7
