"""Programs that are started for the local AWS reach it, and no other."""

import os
from pathlib import Path

import pytest

from environments import load
from local_cloud.record import Record
from local_cloud.variables import short_lived, variables_for

SERVER = Record(pid=1, port=4566, token="ours", account_id="123456789012")  # noqa: S106 - no secret: a name


def test_a_child_reaches_the_local_aws_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "real")
    variables = variables_for(SERVER, load("dev"), tmp_path, None)
    assert variables["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert "real" not in {value for name, value in variables.items() if name.startswith("AWS_")}
    assert variables["AWS_CONFIG_FILE"] == variables["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull


def test_mirror_is_used_for_the_install_and_for_the_lock(tmp_path: Path) -> None:
    variables = variables_for(SERVER, load("dev"), tmp_path, Path("/mirror"))
    assert Path(variables["TF_CLI_CONFIG_FILE"]).read_text().count('path = "/mirror"') == 1
    assert variables["TF_CLI_ARGS_providers_lock"] == "-fs-mirror=/mirror"


@pytest.mark.parametrize(("exists", "kept"), [(True, True), (False, False)])
def test_terraforms_own_configuration_counts_only_if_it_exists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exists: bool, kept: bool
) -> None:
    configuration = tmp_path / "terraformrc"
    if exists:
        configuration.touch()
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(configuration))
    assert bool(variables_for(SERVER, load("dev"), tmp_path, None)["TF_CLI_CONFIG_FILE"]) is kept


def test_garbage_is_collected_as_often_as_the_user_says() -> None:
    assert short_lived({})["GOGC"] == "400"
    assert short_lived({"GOGC": "50"})["GOGC"] == "50"


def test_the_provider_is_silent_unless_terraform_is_to_log() -> None:
    assert short_lived({})["TF_LOG_SDK"] == "off"
    assert "TF_LOG_SDK" not in short_lived({"TF_LOG": "debug"})
