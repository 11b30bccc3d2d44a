"""Where Terraform gets the AWS provider from: its public registry, or a mirror on this machine's disk."""

import json
import os
import platform
import stat
import sys
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from local_cloud.errors import LocalCloudError
from local_cloud.private import open_private

MIRROR_VARIABLE = "ECS_PLATFORM_PROVIDER_MIRROR"

_REGISTRY = "registry.terraform.io"
_PROVIDER = Path(_REGISTRY, "hashicorp", "aws")
_REGISTRY_SECONDS = 4
_SEARCH_DEPTH = 5
_CPUS = {"x86_64": "amd64", "aarch64": "arm64"}


def find_mirror(variables: Mapping[str, str], root: Path = Path("/")) -> Path | None:
    """Choose a mirror; None means that Terraform's normal way is open.

    The environment variable comes first, then the registry if it answers, then the disk below ``root``.
    Raises LocalCloudError where the variable names no mirror, or where there is neither registry nor mirror.
    """
    if named := variables.get(MIRROR_VARIABLE):
        mirror = Path(named).expanduser().resolve()
        if not holds_provider(mirror):
            message = f"{MIRROR_VARIABLE}: {named} has no {_PROVIDER} for {_target()}; name a folder that has"
            raise LocalCloudError(message)
        return mirror
    if _registry_answers():
        return None
    for folder in (*implied_mirrors(variables), *search(root)):
        if holds_provider(folder):
            return folder
    message = (
        f"no AWS provider for Terraform: {_REGISTRY} does not answer and no mirror was found on this disk;\n"
        f"connect to the internet, or make one elsewhere (terraform providers mirror DIR) and set {MIRROR_VARIABLE}=DIR"
    )
    raise LocalCloudError(message)


def holds_provider(folder: Path) -> bool:
    """Whether the folder is a mirror with a provider for this machine, packed (zip files) or unpacked.

    https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror
    """
    provider = folder / _PROVIDER
    target = _target()
    return any(provider.glob(f"*/{target}/terraform-provider-aws*")) or any(
        provider.glob(f"terraform-provider-aws_*_{target}.zip")
    )


def implied_mirrors(variables: Mapping[str, str]) -> list[Path]:
    """List the folders that Terraform itself looks into, where no CLI configuration says otherwise.

    https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
    """
    home = Path.home()
    if sys.platform == "darwin":
        system = [home / "Library/Application Support/io.terraform", Path("/Library/Application Support/io.terraform")]
    else:
        data_home = variables.get("XDG_DATA_HOME") or str(home / ".local/share")
        data_folders = variables.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
        system = [Path(folder, "terraform") for folder in (data_home, *data_folders.split(":"))]
    return [folder / "plugins" for folder in (Path("terraform.d"), home / ".terraform.d", *system)]


def search(root: Path) -> Iterator[Path]:
    """Search a disk for folders laid out as a mirror, nearest to the root first, not deeper than a few levels.

    Terraform runs what a mirror holds: all on the way to it and in it must belong to the user or to root, and no
    other user may write to it.
    """
    device = root.stat().st_dev
    level = [root]
    for _ in range(_SEARCH_DEPTH):
        level = sorted(child for folder in level for child in _subfolders(folder, device))
        yield from (folder.parent for folder in level if folder.name == _REGISTRY and _holds_only_trusted(folder))


def write_cli_configuration(folder: Path, mirror: Path) -> Path:
    """Write a CLI configuration that takes every provider from the mirror; answer its path."""
    path = folder / "terraform.rc"
    # A JSON string is an HCL string, but for templates.
    quoted = json.dumps(str(mirror)).replace("${", "$${").replace("%{", "%%{")
    with open_private(path) as file:
        file.write(f"provider_installation {{\n  filesystem_mirror {{\n    path = {quoted}\n  }}\n}}\n")
    return path


def _target() -> str:
    machine = platform.machine().lower()
    return f"{sys.platform}_{_CPUS.get(machine, machine)}"


def _registry_answers() -> bool:
    """Ask as Terraform does at first, through the same proxy settings."""
    url = f"https://{_REGISTRY}/.well-known/terraform.json"
    try:
        with urllib.request.urlopen(url, timeout=_REGISTRY_SECONDS) as answer:
            return "providers.v1" in json.load(answer)
    except (OSError, ValueError):
        return False


def _subfolders(folder: Path, device: int) -> Iterable[Path]:
    """List folders worth a look: trusted, on the same disk, no links."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    if status.st_dev == device and _is_trusted(status):
                        yield Path(entry.path)
    except OSError:
        return


def _holds_only_trusted(folder: Path) -> bool:
    try:
        return all(_is_trusted(path.lstat()) for path in folder.rglob("*"))
    except OSError:
        return False


def _is_trusted(status: os.stat_result) -> bool:
    """Whether only the user and root can change a file or folder; a link never counts."""
    others_may_write = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return status.st_uid in (0, os.getuid()) and not others_may_write
