"""Writes the bills of materials, in CycloneDX: ``make sbom``. They are the same until another package is installed.

Python's packages are listed with cyclonedx-py, Node's with npm; for Terraform's providers there is no such tool.
https://cyclonedx.org/docs/1.6/json/
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
CYCLONEDX = PROJECT / ".ci/cyclonedx/.venv/bin/cyclonedx-py"
_PROVIDER = re.compile(r'^provider "(?P<source>[^"]+)" \{\n  version += "(?P<version>[^"]+)"', re.MULTILINE)

Document = dict[str, Any]


def main(folder: Path) -> int:
    """Write a file for each packager."""
    folder.mkdir(exist_ok=True)
    for name, document in (("python", python()), ("npm", npm()), ("terraform", terraform())):
        file = folder / f"{name}.cdx.json"
        file.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        sys.stdout.write(f"{file.relative_to(folder.parent)}: {len(document['components'])} components\n")
    return 0


def python() -> Document:
    """List what is installed in the project's virtual environment, with licences and dependencies."""
    return _printed(str(CYCLONEDX), "environment", "--output-reproducible", ".venv/bin/python")


def npm() -> Document:
    """List what package-lock.json locks, with hashes, licences and dependencies."""
    document = _printed("npm", "sbom", "--sbom-format", "cyclonedx", "--package-lock-only")
    # They differ from run to run, and from folder to folder.
    del document["serialNumber"], document["metadata"]["timestamp"], document["metadata"]["component"]["name"]
    document["metadata"]["component"]["name"] = json.loads((PROJECT / "package.json").read_text("utf-8"))["name"]
    return document


def terraform() -> Document:
    """List the locked providers."""
    lock = (PROJECT / ".terraform.lock.hcl").read_text("utf-8")
    components = [_provider(each["source"], each["version"]) for each in _PROVIDER.finditer(lock)]
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components}


def _provider(source: str, version: str) -> Document:
    host, _, name = source.partition("/")
    # https://github.com/package-url/purl-spec has no type for providers.
    return {"type": "library", "name": name, "version": version, "purl": f"pkg:generic/{host}/{name}@{version}"}


def _printed(*command: str) -> Document:
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        sys.exit(f"{Path(command[0]).name} failed:\n{done.stderr.strip()}")
    document: Document = json.loads(done.stdout)
    return document


if __name__ == "__main__":
    sys.exit(main(PROJECT / "sbom"))
