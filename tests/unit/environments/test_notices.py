"""No variable overrides a setting in silence, and none that was meant to is ignored in silence."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from environments.notices import notices

Notices = Callable[..., list[str]]


@pytest.fixture
def told(write: Callable[..., Path]) -> Notices:
    """Return the notices on environments with the valid settings, changed, in a folder with prod and eu-dev."""

    def lines(chosen: Sequence[str] = ("dev",), /, changes: object = {}, **variables: str) -> list[str]:
        for name in ("prod", "eu-dev"):
            write(name=name)
        return notices(chosen, folder=write(changes), variables=variables)

    return lines


def test_nothing_is_said_without_variables(told: Notices) -> None:
    assert told() == []


def test_an_override_is_named_with_both_values(told: Notices) -> None:
    assert told(changes={"exec.backend": False}, DEV__EXEC__BACKEND="true") == [
        "DEV__EXEC__BACKEND is in force: exec.backend = true (environments/dev.toml: false)"
    ]


def test_an_override_is_named_if_it_changes_nothing(told: Notices) -> None:
    assert told(DEV__NETWORK__FLOW_LOGS="false") == [
        "DEV__NETWORK__FLOW_LOGS is in force: network.flow_logs = false (environments/dev.toml: false)"
    ]


def test_an_override_of_what_no_file_sets_says_so(told: Notices) -> None:
    assert told(DEV__LOG_RETENTION_DAYS="1") == [
        "DEV__LOG_RETENTION_DAYS is in force: log_retention_days = 1 (environments/dev.toml: not set)"
    ]


def test_the_common_file_is_named_where_it_decides(told: Notices, write: Callable[..., Path]) -> None:
    (write() / "common.toml").write_text('services.backend.cpu = 512\n[exec]\npolicy = "minimal"')
    assert told(DEV__EXEC__POLICY="managed") == [
        "DEV__EXEC__POLICY is in force: exec.policy = managed (environments/common.toml: minimal)"
    ]


def test_tables_and_lists_are_shown_whole(told: Notices) -> None:
    assert told(DEV__EXEC="{ backend = true }", DEV__NETWORK__ZONES='["a", "b"]') == [
        "DEV__EXEC is in force: exec = {backend = true} (environments/dev.toml: not set)",
        "DEV__NETWORK__ZONES is in force: network.zones = [a, b] (environments/dev.toml: [us-east-1a, us-east-1b])",
    ]


def test_what_a_container_is_given_is_not_shown(told: Notices) -> None:
    changes = {"services.backend.environment": {"API_KEY": "s3cret"}}
    variables = {
        "DEV__SERVICES__BACKEND": '{ image = "a:1", environment = { API_KEY = "s3cret" } }',
        "DEV__SERVICES__BACKEND__COMMAND": '["--key", "s3cret"]',
        "DEV__SERVICES__BACKEND__ENVIRONMENT__API_KEY": "s3cret",
    }
    lines = told(changes=changes, **variables)
    assert [line.partition(" ")[0] for line in lines] == list(variables)
    assert "s3cret" not in str(lines)


def test_a_notice_is_one_line(told: Notices) -> None:
    (line,) = told(DEV__TAGS__Owner="a\nb")
    assert line.isprintable()


def test_only_the_chosen_environments_are_told_of(told: Notices) -> None:
    variables = {"PROD__EXEC__BACKEND": "true", "prod__exec__backend": "true"}
    assert told(["dev"], **variables) == []
    assert len(told(["dev", "prod"], **variables)) == 2


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("DEV_EXEC__BACKEND", "DEV__EXEC__BACKEND"),
        ("dev__exec__backend", "DEV__EXEC__BACKEND"),
        ("Dev__Exec__Backend", "DEV__EXEC__BACKEND"),
        ("PRDO__EXEC__BACKEND", "PROD__EXEC__BACKEND"),
        ("PRODUCTION__EXEC__BACKEND", "PROD__EXEC__BACKEND"),
        ("EU-DEV__EXEC__BACKEND", "EU_DEV__EXEC__BACKEND"),
        ("EUDEV__DATABASE__MULTI_AZ", "EU_DEV__DATABASE__MULTI_AZ"),
        ("dev__tags__Owner", "DEV__TAGS__Owner"),
        ("dev__services__backend__environment__Log__Level", "DEV__SERVICES__BACKEND__ENVIRONMENT__Log__Level"),
        ("DEV_SERVICES__BACKEND__CPU", "DEV__SERVICES__BACKEND__CPU"),
        ("dev__region", "DEV__REGION"),
    ],
)
def test_a_near_miss_is_told_with_what_was_meant(told: Notices, variable: str, meant: str) -> None:
    assert told(["dev", "eu-dev", "prod"], **{variable: "true"}) == [f"{variable} has no effect; did you mean {meant}?"]


@pytest.mark.parametrize(
    "variable",
    [
        *("FOO__BAR", "FOO__EXEC__BACKEND", "DEV", "DEV_REGION", "DEV_HOME", "DEVICE__REGION", "PROXY__DOMAIN"),
        *(
            "DEV_OPS__TOKEN",
            "dev__unknown__key",
            "__",
            "DEV_",
            "PRDO__",
            "PRDO__EXCE__BACKEND",
            "Logging__LogLevel__Dev",
        ),
        *("AIRFLOW__CORE__EXECUTOR"),
    ],
)
def test_a_variable_of_another_program_is_none(told: Notices, variable: str) -> None:
    assert told(["dev", "eu-dev", "prod"], **{variable: "true"}) == []
