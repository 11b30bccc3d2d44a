"""pipenv and npm install what has the locked hash, and what they install is listed."""

import base64
import hashlib
import importlib.util
import json
import os
import subprocess
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]


def read(file: Path) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(file.read_text("utf-8"))


def install(folder: Path, *command: str | Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PIP", "VIRTUAL_ENV"))}
    return subprocess.run(  # noqa: S603 - the project's own installers
        command, cwd=folder, env=inherited | variables, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("same", [True, False])
def test_pipenv_installs_what_has_the_locked_hash_alone(tmp_path: Path, same: bool) -> None:
    wheel = tmp_path / "thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("thing.py", "")
        file.writestr("thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
        file.writestr("thing-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr("thing-1.0.dist-info/RECORD", "")
    locked = hashlib.sha256(wheel.read_bytes() if same else b"another").hexdigest()
    lock = read(PROJECT / "Pipfile.lock")
    lock |= {"default": {"thing": {"version": "==1.0", "hashes": [f"sha256:{locked}"]}}, "develop": {}}
    (tmp_path / "Pipfile").write_text("")
    (tmp_path / "Pipfile.lock").write_text(json.dumps(lock))
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PIPENV_VENV_IN_PROJECT": "1"}
    done = install(tmp_path, PROJECT / ".tools/bin/pipenv", "sync", PIPENV_IGNORE_VIRTUALENVS="1", **offline)
    assert (done.returncode == 0) == same, done.stderr
    assert ("DO NOT MATCH THE HASHES" in done.stderr + done.stdout) != same


@pytest.mark.parametrize("same", [True, False])
def test_npm_installs_what_has_the_locked_hash_alone(tmp_path: Path, same: bool) -> None:
    (tmp_path / "package.json").write_text('{"name": "thing", "version": "1.0.0"}')
    with tarfile.open(tmp_path / "thing.tgz", "w:gz") as file:
        file.add(tmp_path / "package.json", "package/package.json")
    content = (tmp_path / "thing.tgz").read_bytes() if same else b"another"
    integrity = f"sha512-{base64.b64encode(hashlib.sha512(content).digest()).decode()}"
    (tmp_path / "package.json").write_text('{"dependencies": {"thing": "file:thing.tgz"}}')
    packages = {
        "": {"dependencies": {"thing": "file:thing.tgz"}},
        "node_modules/thing": {"version": "1.0.0", "resolved": "file:thing.tgz", "integrity": integrity},
    }
    (tmp_path / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))
    done = install(tmp_path, "npm", "ci", "--offline", f"--cache={tmp_path / 'cache'}")
    assert (done.returncode == 0) == same, done.stderr
    assert ("EINTEGRITY" in done.stderr) != same


@pytest.fixture(scope="module")
def sbom() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sbom", PROJECT / ".ci/sbom.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_bill_of_materials_lists_what_npm_locks(sbom: ModuleType) -> None:
    packages = read(PROJECT / "package-lock.json")["packages"]
    locked = {(path.rpartition("node_modules/")[2], each["version"]) for path, each in packages.items() if path}
    document = sbom.npm()
    listed = {(each["name"], each["version"]) for each in document["components"]}
    # Those for other systems are locked, and not installed.
    assert listed <= locked
    assert ("cdktf-cli", "0.21.0") in listed
    assert "timestamp" not in json.dumps(document)


def test_the_bill_of_materials_lists_the_provider(sbom: ModuleType) -> None:
    (provider,) = sbom.terraform()["components"]
    assert (provider["name"], provider["version"]) == ("hashicorp/aws", "5.100.0")
