"""The environments with their live services alone, and a platform with services of every kind.

Tests here hold the live platform to its contract, whatever services an environment gets besides.
"""

import json
import tomllib
from collections.abc import Mapping
from typing import Any

import pytest

from environments.loading import FOLDER
from tests.unit.kinds import Kinds, Tables, changed, write
from tests.unit.stack_json import Stack, Synth
from tests.unit.synthesis import synthesizer
from tests.unit.toml_text import toml

LIVE = ("backend", "frontend", "prometheus")
NOT_SERVICES = ("policy", "encrypted")


@pytest.fixture(scope="session")
def synth(tmp_path_factory: pytest.TempPathFactory) -> Synth:
    """Synthesize an environment with its live services, once per set of overrides."""
    folder = tmp_path_factory.mktemp("live") / FOLDER.name
    folder.mkdir()
    for file in FOLDER.glob("*.toml"):
        document = _with_live_services(tomllib.loads(file.read_text(encoding="utf-8")))
        text = "\n".join(f"{key} = {toml(value)}" for key, value in document.items())
        (folder / file.name).write_text(text, encoding="utf-8")
    return synthesizer(tmp_path_factory, folder)


def _with_live_services(document: dict[str, Any]) -> dict[str, Any]:
    services = {name: table for name, table in document.get("services", {}).items() if name in LIVE}
    toggles = {name: on for name, on in document.get("exec", {}).items() if name in (*LIVE, *NOT_SERVICES)}
    return {**document, "services": services, "exec": toggles}


@pytest.fixture(scope="session")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Kinds:
    """Synthesize the platform with a service of each kind, once per set of changes and variables."""
    stacks: dict[str, Stack] = {}

    def of(variables: Mapping[str, str], services: Tables) -> Stack:
        folder = write(tmp_path_factory.mktemp("kinds"), changed(services))
        return synthesizer(tmp_path_factory, folder)("dev", **variables)

    def synthesized(variables: Mapping[str, str] = {}, /, **services: Mapping[str, Any] | None) -> Stack:
        key = json.dumps([dict(variables), services], sort_keys=True)
        if key not in stacks:
            stacks[key] = of(variables, services)
        return stacks[key]

    return synthesized


@pytest.fixture
def platform(kinds: Kinds) -> Stack:
    """The platform as `tests.unit.kinds` has it."""
    return kinds()
