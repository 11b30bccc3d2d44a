"""The pictures of a review: drawn before and after, only of what looks different."""

import shutil
from pathlib import Path

import pytest

from operations.review.pictures import write_pictures
from operations.review.planning import Stack
from rules.configuration import Configuration
from tests.unit.stack_json import Synth

pytestmark = pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not installed: package graphviz")


def stack(synth: Synth, **overrides: str) -> Stack:
    return Stack(Configuration(synth(**overrides).document), None)


def test_a_toggle_has_a_picture_before_and_after(synth: Synth, tmp_path: Path) -> None:
    files = write_pictures(tmp_path, "dev", stack(synth), stack(synth, DEV__EXEC__BACKEND="true"))
    assert files == (str(tmp_path / "dev-before.svg"), str(tmp_path / "dev-after.svg"))
    before, after = (Path(file).read_text("utf-8") for file in files)
    assert ("ECS Exec is on" in before, "ECS Exec is on" in after) == (False, True)


def test_what_looks_the_same_has_none(synth: Synth, tmp_path: Path) -> None:
    assert write_pictures(tmp_path, "dev", stack(synth), stack(synth, DEV__LOG_RETENTION_DAYS="14")) == ()
    assert list(tmp_path.iterdir()) == []


def test_a_new_environment_has_one_after(synth: Synth, tmp_path: Path) -> None:
    assert write_pictures(tmp_path, "dev", None, stack(synth)) == (str(tmp_path / "dev-after.svg"),)
