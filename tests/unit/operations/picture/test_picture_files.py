"""Pictures as files: committed ones show what is synthesized, and are drawn again only if they do not."""

import shutil
from pathlib import Path

import pytest

from operations.errors import OperationError
from operations.picture.drawing import draw
from operations.picture.files import source, write
from tests.unit.stack_json import Stack, Synth

PROJECT = Path(__file__).parents[4]
COMMITTED = sorted((PROJECT / "docs/pictures").glob("*.svg"))
needs_dot = pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not installed: package graphviz")


@pytest.mark.parametrize("file", COMMITTED, ids=lambda file: file.stem)
def test_a_committed_picture_is_up_to_date(file: Path, synth: Synth) -> None:
    """If this fails: make picture ENV=…, for dev make snapshots."""
    assert source(file.read_text("utf-8")) == draw(synth(file.stem).document).source


def test_the_readme_shows_dev() -> None:
    assert "(docs/pictures/dev.svg)" in (PROJECT / "README.md").read_text("utf-8")
    assert PROJECT / "docs/pictures/dev.svg" in COMMITTED


@needs_dot
@pytest.mark.parametrize(("name", "start"), [("a.svg", b"<?xml"), ("a.png", b"\x89PNG"), ("a.dot", b"digraph")])
def test_the_name_decides_the_format(dev: Stack, tmp_path: Path, name: str, start: bytes) -> None:
    assert write(draw(dev.document), tmp_path / "new" / name)
    assert (tmp_path / "new" / name).read_bytes().startswith(start)


@needs_dot
def test_a_picture_is_drawn_again_only_if_it_changed(synth: Synth, tmp_path: Path) -> None:
    file = tmp_path / "dev.svg"
    assert write(draw(synth().document), file)
    file.write_text(file.read_text("utf-8").replace("<svg ", "<svg  "), "utf-8")
    assert not write(draw(synth().document), file)
    assert write(draw(synth(DEV__EXEC__BACKEND="true").document), file)
    assert "ECS Exec is on" in file.read_text("utf-8")


@needs_dot
def test_an_svg_names_no_release_of_graphviz(dev: Stack, tmp_path: Path) -> None:
    write(draw(dev.document), tmp_path / "dev.svg")
    assert "<!--" not in (tmp_path / "dev.svg").read_text("utf-8")


def test_another_format_is_refused(dev: Stack, tmp_path: Path) -> None:
    with pytest.raises(OperationError, match=r"one of \.svg, \.png, \.dot"):
        write(draw(dev.document), tmp_path / "dev.gif")


def test_without_graphviz_its_package_is_named(dev: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OperationError, match="install the package graphviz"):
        write(draw(dev.document), tmp_path / "dev.svg")
