"""What is installed is locked by its hash, whoever installs it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
PIPFILES = [PROJECT / "Pipfile.lock", *sorted(PROJECT.glob(".ci/*/Pipfile.lock"))]
PLATFORMS = 5


def read(file: Path) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(file.read_text("utf-8"))


@pytest.mark.parametrize("file", PIPFILES, ids=lambda file: file.parent.name)
def test_a_python_package_has_a_version_and_hashes(file: Path) -> None:
    lock = read(file)
    packages = {**lock["default"], **lock["develop"]}
    assert packages
    for name, package in packages.items():
        assert re.fullmatch(r"==[\w.]+", package["version"]), name
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", each) for each in package["hashes"]), name
        assert package["hashes"], name


def test_a_package_of_npm_has_a_hash() -> None:
    packages = read(PROJECT / "package-lock.json")["packages"]
    del packages[""]
    # What a package brings inside itself has that one's hash.
    assert [name for name, each in packages.items() if not each.get("integrity") and not each.get("inBundle")] == []
    assert {each["integrity"][:7] for each in packages.values() if "integrity" in each} == {"sha512-"}


def test_the_provider_has_hashes_for_every_platform() -> None:
    lock = (PROJECT / ".terraform.lock.hcl").read_text("utf-8")
    assert re.search(r'"h1:[\w+/]{43}="', lock)
    assert len(re.findall(r'"zh:[0-9a-f]{64}"', lock)) >= PLATFORMS


def test_only_locked_packages_are_installed() -> None:
    commands = [PROJECT / "Makefile", PROJECT / ".ci/run", *(PROJECT / ".github").rglob("*.yml")]
    installing = {
        line.strip().rstrip(";")
        for file in commands
        for line in file.read_text("utf-8").splitlines()
        if re.search(r"\b(pip install|pipenv (install|sync)|npm (ci|install)|npx --yes)\b", line)
    }
    assert installing == {
        # Everything below is installed by it, and it is pinned.
        ".tools/bin/pip install --quiet --disable-pip-version-check pipenv==$(PIPENV_VERSION)",
        ".tools/bin/pipenv sync --dev --quiet",
        "PIPENV_PIPFILE=.ci/$*/Pipfile .tools/bin/pipenv sync --quiet",
        "npm ci --no-audit --no-fund --loglevel=error",
    }
