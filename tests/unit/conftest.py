"""The environments with their live services alone, and a platform with services of every kind.

Tests here hold the live platform to its contract, whatever services an environment gets besides.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.unit.kinds import Kinds, Tables, changed, write
from tests.unit.live_settings import write_live_settings
from tests.unit.stack_json import Stack, Synth
from tests.unit.synthesis import synthesizer


@pytest.fixture(scope="session")
def synth(tmp_path_factory: pytest.TempPathFactory) -> Synth:
    """Synthesize an environment with its live services, once per set of overrides."""
    return synthesizer(tmp_path_factory, write_live_settings(tmp_path_factory.mktemp("live")))


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
