"""What a change does to each environment's JSON, for review in a pull request: `make snapshots`, then `git diff`."""

import json

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from tests.unit.stack_json import Synth

ENVIRONMENTS = ("dev", "prod", "staging")


@pytest.fixture
def snapshot_json(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """One JSON file per test and environment."""
    return snapshot.use_extension(JSONSnapshotExtension)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_stack(environment: str, synth: Synth, snapshot_json: SnapshotAssertion) -> None:
    """A stack is what was reviewed."""
    assert readable(synth(environment).document) == snapshot_json


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_addresses(environment: str, synth: Synth, snapshot_json: SnapshotAssertion) -> None:
    """Addresses are what was reviewed: another one destroys the old resource, unless a `moved` block names both."""
    assert sorted(synth(environment).instances) == snapshot_json


def readable(value: object) -> object:
    """Return the JSON without cdktf's comments, with embedded documents and long texts taken apart, line by line."""
    match value:
        case dict():
            return {key: readable(each) for key, each in value.items() if key != "//"}
        case list():
            return [readable(each) for each in value]
        case str() if value.startswith(("{", "[")):
            return {"JSON": readable(json.loads(value))}
        case str() if "\n" in value:
            return value.splitlines()
        case _:
            return value
