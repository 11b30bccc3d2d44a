"""The environments with their live services alone, for tests of the live platform's contract."""

import tomllib
from pathlib import Path
from typing import Any

from environments.loading import FOLDER
from tests.unit.toml_text import toml

LIVE = ("backend", "frontend", "prometheus")
NOT_SERVICES = ("policy", "encrypted")


def write_live_settings(folder: Path) -> Path:
    """Write every environment without the services that it got besides its live ones; return the folder."""
    folder = folder / FOLDER.name
    folder.mkdir()
    for file in FOLDER.glob("*.toml"):
        document = _with_live_services(tomllib.loads(file.read_text(encoding="utf-8")))
        text = "\n".join(f"{key} = {toml(value)}" for key, value in document.items())
        (folder / file.name).write_text(text, encoding="utf-8")
    return folder


def _with_live_services(document: dict[str, Any]) -> dict[str, Any]:
    services = {name: table for name, table in document.get("services", {}).items() if name in LIVE}
    toggles = {name: on for name, on in document.get("exec", {}).items() if name in (*LIVE, *NOT_SERVICES)}
    return {**document, "services": services, "exec": toggles}
