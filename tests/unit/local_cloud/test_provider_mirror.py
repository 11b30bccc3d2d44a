"""Where the AWS provider comes from: a named mirror, else the registry, else a mirror on disk."""

import os
from pathlib import Path

import pytest

from local_cloud import provider_mirror
from local_cloud.errors import LocalCloudError
from local_cloud.provider_mirror import find_mirror, holds_provider, search

TARGET = provider_mirror._target()  # noqa: SLF001 - the name of this machine in a mirror's layout
BINARY = f"registry.terraform.io/hashicorp/aws/5.100.0/{TARGET}/terraform-provider-aws_v5.100.0"


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Send the question to the registry to a proxy that is not there, and keep out the user's own mirrors."""
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def variables(**named: str) -> dict[str, str]:
    return {"XDG_DATA_HOME": "/nowhere", "XDG_DATA_DIRS": "/nowhere", **named}


def mirror(folder: Path) -> Path:
    binary = folder / BINARY
    binary.parent.mkdir(parents=True)
    binary.touch()
    return folder


def test_unpacked_mirror_is_recognized(tmp_path: Path) -> None:
    assert holds_provider(mirror(tmp_path))


def test_packed_mirror_is_recognized(tmp_path: Path) -> None:
    provider = tmp_path / "registry.terraform.io/hashicorp/aws"
    provider.mkdir(parents=True)
    (provider / f"terraform-provider-aws_5.100.0_{TARGET}.zip").touch()
    assert holds_provider(tmp_path)


def test_mirror_for_another_machine_is_none(tmp_path: Path) -> None:
    provider = tmp_path / "registry.terraform.io/hashicorp/aws"
    provider.mkdir(parents=True)
    (provider / "terraform-provider-aws_5.100.0_plan9_mips.zip").touch()
    (provider / "5.100.0" / "plan9_mips").mkdir(parents=True)
    (provider / "5.100.0" / "plan9_mips" / "terraform-provider-aws_v5.100.0").touch()
    assert not holds_provider(tmp_path)


def test_named_mirror_comes_first(tmp_path: Path) -> None:
    mirror(tmp_path / "root" / "found")
    named = mirror(tmp_path / "named")
    found = find_mirror(variables(ECS_PLATFORM_PROVIDER_MIRROR=str(named)), tmp_path / "root")
    assert found == named


def test_named_folder_without_a_provider_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LocalCloudError, match="ECS_PLATFORM_PROVIDER_MIRROR: "):
        find_mirror(variables(ECS_PLATFORM_PROVIDER_MIRROR=str(tmp_path)), tmp_path)


def test_terraforms_own_folders_come_before_a_search(tmp_path: Path) -> None:
    mirror(tmp_path / "root" / "found")
    implied = mirror(tmp_path / "home" / ".terraform.d" / "plugins")
    assert find_mirror(variables(), tmp_path / "root") == implied


def test_a_mirror_on_disk_is_found_if_the_registry_is_silent(tmp_path: Path) -> None:
    found = mirror(tmp_path / "root" / "opt" / "plugins")
    assert find_mirror(variables(), tmp_path / "root") == found


def test_neither_registry_nor_mirror_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(LocalCloudError, match="no AWS provider for Terraform: "):
        find_mirror(variables(), tmp_path)


def test_search_prefers_the_nearest_and_ends_at_its_depth(tmp_path: Path) -> None:
    near, far = mirror(tmp_path / "z"), mirror(tmp_path / "a" / "b")
    mirror(tmp_path / "1" / "2" / "3" / "4" / "5")
    assert list(search(tmp_path)) == [near, far]


@pytest.mark.parametrize("writers", [0o777, 0o775])
@pytest.mark.parametrize("part", [".", "registry.terraform.io/hashicorp/aws", BINARY])
def test_search_passes_over_what_others_may_write(tmp_path: Path, part: str, writers: int) -> None:
    (mirror(tmp_path / "open") / part).chmod(writers)
    assert list(search(tmp_path)) == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("part", [".", BINARY])
def test_search_passes_over_what_another_user_owns(tmp_path: Path, part: str) -> None:
    os.chown(mirror(tmp_path / "theirs") / part, 65534, -1)
    assert list(search(tmp_path)) == []


def test_cli_configuration_quotes_the_path(tmp_path: Path) -> None:
    written = provider_mirror.write_cli_configuration(tmp_path, Path('/a "b" ${c}')).read_text()
    assert r'path = "/a \"b\" $${c}"' in written
