"""Files into environments, and everything wrong in one report."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from environments import Environment, SettingsError, load, load_all
from tests.unit.environments.conftest import Reporter


def test_every_fault_of_a_file_is_told_at_once_under_its_name(write: Callable[..., Path]) -> None:
    folder = write({"services.backend.memory_mib": 1000, "exec.bakend": True})
    with pytest.raises(SettingsError) as caught:
        load("dev", folder=folder, variables={})
    assert str(caught.value) == (
        "environments/dev.toml: 2 errors\n"
        "  services.backend.memory_mib: 1000 is not a Fargate size for 256 CPU units; choose 512, 1024 or 2048\n"
        "  exec.bakend: unknown key; did you mean backend?"
    )


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ('"[key]"', 0, ": unknown key"),
        ('exec."[key]"', True, ": unknown key"),
        ('exec."[key]"', "exec", ': "exec" is not true or false'),
        ('services."[key]".port', 1, ': "[key]" is not a name'),
        ('tags."[key]"', 5, ": 5 is not a text"),
    ],
)
def test_a_key_like_the_mark_of_a_wrong_key_is_told(faults: Reporter, key: str, value: object, fault: str) -> None:
    """Pydantic puts this very text behind a key that is wrong."""
    path = key.removesuffix(".port")
    told = faults({key: value})
    assert [line for line in told if not line.startswith(path)] == []
    assert any(line.startswith(f"{path}{fault}") for line in told)


def test_all_files_are_told_together(write: Callable[..., Path]) -> None:
    write({"region": "x"}, name="dev")
    folder = write({"region": "y"}, name="prod")
    with pytest.raises(SettingsError) as caught:
        load_all(folder=folder, variables={})
    headings = [line for line in str(caught.value).splitlines() if not line.startswith(" ")]
    assert headings == ["environments/dev.toml: 1 error", "environments/prod.toml: 1 error"]


def test_one_environment_per_account_creates_repositories(write: Callable[..., Path]) -> None:
    write(name="dev")
    write({"account_id": "210987654321", "domain": "prod.davidshaevel.com"}, name="prod")
    folder = write({"domain": "staging.davidshaevel.com"}, name="staging")
    with pytest.raises(SettingsError) as caught:
        load_all(folder=folder, variables={})
    assert str(caught.value) == (
        "environments: 1 error\n"
        "  registry.create_repositories: true in dev and in staging, both of account 123456789012; "
        "make it false in one"
    )


@pytest.mark.parametrize("domain", ["davidshaevel.com", "www.davidshaevel.com"])
def test_two_environments_cannot_share_a_domain(write: Callable[..., Path], domain: str) -> None:
    write(name="dev")
    folder = write({"domain": domain, "account_id": "210987654321"}, name="prod")
    with pytest.raises(SettingsError) as caught:
        load_all(folder=folder, variables={})
    assert str(caught.value) == (
        f"environments: 1 error\n  domain: {domain} in dev and in prod; CloudFront gives it to one, change the other"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("prd", "environments: unknown environment prd; did you mean prod? Known: dev, prod, staging"),
        ("qa", "environments: unknown environment qa; choose dev, prod or staging"),
    ],
)
def test_an_unknown_environment_names_the_known_ones(write: Callable[..., Path], name: str, message: str) -> None:
    for known in ("dev", "prod", "staging"):
        folder = write(name=known)
    with pytest.raises(SettingsError) as caught:
        load(name, folder=folder, variables={})
    assert str(caught.value) == message


def test_a_folder_without_environments_says_what_to_add(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no environments here; add a file such as dev\.toml"):
        load_all(folder=tmp_path)


def test_hidden_files_are_no_environments(write: Callable[..., Path]) -> None:
    folder = write()
    (folder / ".#dev.toml").touch()
    assert [environment.name for environment in load_all(folder=folder, variables={})] == ["dev"]


def test_a_file_that_is_not_utf8_is_told_with_the_place(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_bytes(b"a = '\xff'")
    with pytest.raises(SettingsError) as caught:
        load("dev", folder=tmp_path, variables={})
    assert str(caught.value) == f"{tmp_path.name}/dev.toml: 1 error\n  byte 5 is not UTF-8; save the file as UTF-8"


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").mkdir()
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        load("dev", folder=tmp_path, variables={})


def test_settings_cannot_change_after_loading(loaded: Callable[..., Environment]) -> None:
    with pytest.raises(ValueError, match="frozen"):
        loaded().exec.policy = "minimal"


def test_reading_settings_starts_no_node() -> None:
    script = (
        "import environments, sys; environments.load_all(); print({'cdktf', 'constructs', 'jsii'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
    assert ran.stdout == "set()\n"
