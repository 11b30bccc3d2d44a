"""What all environments share, in one file, and what each overrides key by key."""

from collections.abc import Callable
from pathlib import Path

import pytest

from environments import SettingsError, load, load_all

COMMON = """
log_retention_days = 14
tags = { Owner = "platform" }

[services.worker]
image = "worker:1"
cpu = 512
memory_mib = 2048
environment = { A = "1", B = "2" }
"""


@pytest.fixture
def share(write: Callable[..., Path]) -> Callable[..., Path]:
    """Write a common file beside the valid one with changes, and return their folder."""

    def folder(common: str = COMMON, **changes: object) -> Path:
        written = write({key.replace("__", "."): value for key, value in changes.items()})
        (written / "common.toml").write_text(common, encoding="utf-8")
        return written

    return folder


def error(folder: Path, **variables: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load("dev", folder=folder, variables=variables)
    return str(caught.value)


def test_what_is_common_holds_for_each_environment(share: Callable[..., Path]) -> None:
    environment = load("dev", folder=share(), variables={})
    assert (environment.log_retention_days, environment.tags) == (14, {"Owner": "platform"})
    assert environment.services["worker"].cpu == 512


def test_an_environment_overrides_key_by_key(share: Callable[..., Path]) -> None:
    folder = share(services__worker__environment={"B": "3"}, services__worker__memory_mib=4096)
    worker = load("dev", folder=folder, variables={}).services["worker"].model_dump()
    assert (worker["cpu"], worker["memory_mib"], worker["environment"]) == (512, 4096, {"A": "1", "B": "3"})


def test_a_list_is_overridden_as_a_whole(share: Callable[..., Path]) -> None:
    folder = share('services.backend.connects_to = ["database"]', services__backend__connects_to=["frontend"])
    assert load("dev", folder=folder, variables={}).services["backend"].connects_to == ("frontend",)


def test_a_variable_overrides_what_is_common(share: Callable[..., Path]) -> None:
    variables = {"DEV__SERVICES__WORKER__CPU": "1024"}
    assert load("dev", folder=share(), variables=variables).services["worker"].cpu == 1024


def test_the_common_file_is_no_environment(share: Callable[..., Path]) -> None:
    folder = share()
    assert [each.name for each in load_all(folder=folder, variables={})] == ["dev"]
    with pytest.raises(SettingsError, match="unknown environment common; choose dev"):
        load("common", folder=folder, variables={})


def test_an_error_names_the_file_of_the_wrong_value(share: Callable[..., Path]) -> None:
    folder = share(COMMON.replace("512", "513"), network__flow_logs="maybe")
    assert error(folder).splitlines() == [
        "environments/dev.toml: 1 error",
        '  network.flow_logs: "maybe" is not true or false; write true or false, without quotes',
        "environments/common.toml: 1 error",
        "  services.worker.cpu: 513 is not a Fargate CPU size; choose 256, 512, 1024, 2048, 4096, 8192 or 16384",
    ]


def test_a_value_in_a_list_is_found_in_its_file(share: Callable[..., Path]) -> None:
    text = error(share('services.backend.connects_to = ["nowhere"]'))
    assert text.startswith("environments/common.toml: 1 error\n  services.backend.connects_to[0]: nowhere is no")


def test_a_missing_key_is_to_be_added_to_the_environment(share: Callable[..., Path]) -> None:
    text = error(share("[services.worker]\ncpu = 256"))
    assert text.startswith("environments/dev.toml: 1 error\n  services.worker.image: missing; add a line such as image")


def test_a_wrong_variable_is_the_environments(share: Callable[..., Path]) -> None:
    text = error(share(), DEV__SERVICES__WORKER__CPU="1")
    assert text.startswith("environments/dev.toml: 1 error\n  services.worker.cpu (from DEV__SERVICES__WORKER__CPU): 1")


def test_what_is_wrong_for_all_is_reported_once(write: Callable[..., Path]) -> None:
    write(name="dev")
    folder = write({"domain": "prod.davidshaevel.com", "account_id": "210987654321"}, name="prod")
    (folder / "common.toml").write_text("[services.worker]\nimage = 'a'", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_all(folder=folder, variables={})
    heading, *lines = str(caught.value).splitlines()
    assert (heading, len(lines)) == ("environments/common.toml: 1 error", 1)


def test_a_common_file_that_is_not_toml_is_an_error(share: Callable[..., Path]) -> None:
    assert error(share("[")).startswith("environments/common.toml: 1 error\n  line 1: not TOML: ")


def test_the_common_file_cannot_name_an_environment(share: Callable[..., Path]) -> None:
    assert error(share('name = "dev"')).startswith("environments/common.toml: 1 error\n  name: unknown key; ")
