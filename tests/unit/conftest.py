"""Services of every kind, synthesized as each test changes them."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from constructs.bindings import App

from environments import load
from stacks.platform import PlatformStack
from tests.unit.kinds import Kinds, Tables, changed, write
from tests.unit.stack_json import Stack


@pytest.fixture(scope="session")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Kinds:
    """Synthesize once per set of changes and variables."""
    stacks: dict[str, Stack] = {}

    def of(variables: Mapping[str, str], services: Tables) -> Stack:
        folder = tmp_path_factory.mktemp("kinds")
        app = App(outdir=str(folder))
        PlatformStack(app, load("dev", folder=write(folder, changed(services)), variables=variables))
        app.synth()
        return Stack((folder / "stacks" / "dev" / "cdk.tf.json").read_text(encoding="utf-8"))

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
