"""What a change does to each environment's JSON, for review in a pull request: `make snapshots`, then `git diff`."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from environments import names
from tests.snapshot.lines import lines
from tests.unit.stack_json import Synth

REMEDY = "run `make snapshots`, and read what `git diff` shows"


class TextFile(SingleFileSnapshotExtension):
    """One file of text per test and environment."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def snapshot_text(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(TextFile)


@pytest.mark.parametrize("environment", names())
def test_stack(environment: str, synth: Synth, snapshot_text: SnapshotAssertion) -> None:
    """A stack is what was reviewed."""
    assert text(lines(synth(environment))) == snapshot_text, REMEDY


@pytest.mark.parametrize("environment", names())
def test_addresses(environment: str, synth: Synth, snapshot_text: SnapshotAssertion) -> None:
    """Addresses are what was reviewed: another one destroys the old resource, unless a `moved` block names both."""
    assert text(sorted(synth(environment).instances)) == snapshot_text, REMEDY


def test_no_snapshot_is_of_an_environment_that_has_gone() -> None:
    of = {file.stem.partition("[")[2].removesuffix("]") for file in Path(__file__).parent.rglob("*.txt")}
    assert of == set(names()), "delete what is left over in tests/snapshot"


def text(of: list[str]) -> str:
    return "".join(f"{line}\n" for line in of)
