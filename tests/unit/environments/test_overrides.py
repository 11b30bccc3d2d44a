"""Environment variables over single settings, for one environment and one run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from environments import Environment, SettingsError, load, load_all

Loader = Callable[..., Environment]
Reporter = Callable[..., list[str]]


def test_a_variable_overrides_one_setting(loaded: Loader) -> None:
    environment = loaded(DEV__EXEC__BACKEND="true")
    assert environment.exec.enabled == ("backend",)


def test_an_override_leaves_every_other_setting_alone(loaded: Loader) -> None:
    changed = loaded(DEV__SERVICES__BACKEND__MEMORY_MIB="1024").model_dump()
    changed["services"]["backend"]["memory_mib"] = 512
    assert changed == loaded().model_dump()


def test_digits_stay_text_where_text_is_wanted(loaded: Loader) -> None:
    assert loaded(DEV__ACCOUNT_ID="012345678901").account_id == "012345678901"


def test_lists_and_tables_are_in_tomls_syntax(loaded: Loader) -> None:
    zones = '["us-east-1c", "us-east-1d"]'
    assert loaded(DEV__NETWORK__ZONES=zones).network.zones == ("us-east-1c", "us-east-1d")
    assert loaded(DEV__EXEC="{ frontend = true }").exec.enabled == ("frontend",)


def test_an_override_makes_a_section_that_the_file_leaves_out(loaded: Loader) -> None:
    path = "DEV__SERVICES__BACKEND__AUTOSCALING"
    variables = {path: "{ min_count = 1, max_count = 6, cpu_percent = 60 }", f"{path}__MAX_COUNT": "9"}
    autoscaling = loaded(**variables).services["backend"].autoscaling
    assert autoscaling
    assert (autoscaling.min_count, autoscaling.max_count) == (1, 9)


def test_a_narrower_override_goes_over_a_wider_one(loaded: Loader) -> None:
    environment = loaded(DEV__EXEC__BACKEND="false", DEV__EXEC="{ backend = true, prometheus = true }")
    assert environment.exec.enabled == ("prometheus",)


def test_the_key_of_a_tag_keeps_its_case(loaded: Loader) -> None:
    assert loaded(DEV__TAGS__CostCenter="42").tags == {"CostCenter": "42"}


def test_a_hyphen_in_the_environments_name_is_an_underscore(loaded: Loader) -> None:
    assert loaded(name="eu-dev", EU_DEV__EXEC__BACKEND="true").exec.enabled == ("backend",)


@pytest.mark.parametrize(
    "variable", ["EXEC__BACKEND", "PROD__EXEC__BACKEND", "DEV_EXEC__BACKEND", "dev__EXEC__BACKEND"]
)
def test_a_variable_of_another_environment_is_ignored(loaded: Loader, variable: str) -> None:
    assert loaded(**{variable: "true"}) == loaded()


def test_an_override_reaches_no_other_environment() -> None:
    variables = {"DEV__EXEC__BACKEND": "true", "DEV__LOG_RETENTION_DAYS": "1"}
    before = {environment.name: environment for environment in load_all(variables={})}
    after = {environment.name: environment for environment in load_all(variables=variables)}
    assert [name for name in before if before[name] != after[name]] == ["dev"]


@pytest.mark.parametrize(
    ("variable", "text", "line"),
    [
        (
            "DEV__SERVICES__BACKEND__MEMORY_MIB",
            "1000",
            ("services.backend.memory_mib (from DEV__SERVICES__BACKEND__MEMORY_MIB): "
            "1000 is not a Fargate size for 256 CPU units; choose 512, 1024 or 2048"),
        ),
        (
            "DEV__NETWORK__ZONES",
            '["us-east-1a", "a"]',
            "network.zones (from DEV__NETWORK__ZONES): a is not a zone of us-east-1; give one such as us-east-1a",
        ),
        (
            "DEV__NETWORK__ZONES",
            "[",
            ('network.zones (from DEV__NETWORK__ZONES): "[" is not a TOML value; '
            'write lists as ["a", "b"], tables as {a = 1}'),
        ),
        (
            "DEV__EXEC__BACKEND",
            "",
            'exec.backend (from DEV__EXEC__BACKEND): "" is not true or false; write true or false, without quotes',
        ),
        ("DEV__EXEC__BAKEND", "true", "exec.bakend (from DEV__EXEC__BAKEND): unknown key; did you mean backend?"),
        ("DEV__EXEC", "{bakend = true}", "exec.bakend (from DEV__EXEC): unknown key; did you mean backend?"),
        ("DEV__EXCE__BACKEND", "1", "exce (from DEV__EXCE__BACKEND): unknown key; did you mean exec?"),
        ("DEV__REGION__X", "1", "region.x (from DEV__REGION__X): unknown key; region is a single value"),
        ("DEV__TAGS__name", "1", "tags.name (from DEV__TAGS__name): this key is the platform's own; choose another"),
    ],
)  # fmt: skip
def test_a_wrong_override_is_told_with_its_variable(faults: Reporter, variable: str, text: str, line: str) -> None:
    assert faults(**{variable: text}) == [line]


def test_an_override_cannot_rename_the_environment(faults: Reporter) -> None:
    (line,) = faults(DEV__NAME="prod")
    assert line.startswith("name (from DEV__NAME): unknown key; ")


def test_an_override_cannot_bring_a_second_value(faults: Reporter) -> None:
    (line,) = faults(DEV__EXEC="{}\nproject = 'x'")
    assert line.startswith("exec (from DEV__EXEC): \"{}\\nproject = 'x'\" is not a TOML value; ")


def test_a_wrong_file_and_a_wrong_override_are_told_together(faults: Reporter) -> None:
    lines = faults({"region": "mars"}, DEV__EXEC__BAKEND="true")
    assert [line.split(":")[0] for line in lines] == ["region", "exec.bakend (from DEV__EXEC__BAKEND)"]


def test_an_override_hides_no_fault_of_the_file(faults: Reporter) -> None:
    assert faults({"exec": 3}, DEV__EXEC__BACKEND="true") == ["exec: 3 is not a table"]


def test_variables_are_read_from_the_process_by_default(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEV__PROJECT", "UPPER")
    with pytest.raises(SettingsError, match="DEV__PROJECT"):
        load("dev", folder=write())


WORKER = {"services.my-worker.image": "worker:1", "services.my-worker.port": 80}


def test_a_variable_reaches_a_service_of_any_name(loaded: Loader) -> None:
    environment = loaded(WORKER, DEV__SERVICES__MY_WORKER__CPU="512", DEV__SERVICES__MY_WORKER__MEMORY_MIB="1024")
    assert environment.services["my-worker"].cpu == 512


def test_a_variable_switches_any_service(loaded: Loader) -> None:
    assert loaded(WORKER, DEV__EXEC__MY_WORKER="true").exec.enabled == ("my-worker",)


def test_a_variable_adds_a_service(loaded: Loader) -> None:
    assert loaded(DEV__SERVICES__NEW='{ image = "a:1" }').services["new"].image == "a:1"


def test_a_variable_reaches_a_route_of_a_service(loaded: Loader) -> None:
    environment = loaded(DEV__SERVICES__BACKEND__ROUTES__API__PRIORITY="7")
    assert environment.public_services["backend"].routes["api"].priority == 7


def test_a_variable_of_a_container_keeps_its_case(loaded: Loader) -> None:
    environment = loaded(DEV__SERVICES__BACKEND__ENVIRONMENT__Log__Level="debug")
    assert environment.public_services["backend"].environment == {"Log__Level": "debug"}


def test_a_key_of_no_kind_of_service_is_an_error(faults: Reporter) -> None:
    (line,) = faults(DEV__SERVICES__BACKEND__CPUS="1")
    assert line == "services.backend.cpus (from DEV__SERVICES__BACKEND__CPUS): unknown key; did you mean cpu?"


def test_an_exception_to_a_rule_is_no_override(faults: Reporter) -> None:
    reason = '{ log-retention = { x = "Long enough to be a reason." } }'
    assert faults(DEV__RULE_EXCEPTIONS=reason) == [
        "rule_exceptions (from DEV__RULE_EXCEPTIONS): an exception to a rule is reviewed; write it into the file"
    ]
