"""The picture as a file: SVG, PNG or the text that Graphviz reads."""

import re
from collections.abc import Callable
from html import escape, unescape
from pathlib import Path

from graphviz import Digraph, ExecutableNotFound

from operations.errors import OperationError

_SOURCE = re.compile(r"<metadata>(.*?)</metadata>", re.DOTALL)
_COMMENTS = re.compile(r"<!--.*?-->\n?", re.DOTALL)


def write(picture: Digraph, file: Path) -> bool:
    """Write a picture in the format that the file's name ends with; return False if an SVG file shows it already.

    An SVG file is drawn again only for another picture: another release of Graphviz lays the same one out differently.
    """
    if file.suffix not in _FORMATS:
        raise OperationError(f"{file}: a picture is one of {', '.join(_FORMATS)}; choose such a name")
    if file.suffix == ".svg" and file.exists() and source(file.read_text(encoding="utf-8")) == picture.source:
        return False
    content = _FORMATS[file.suffix](picture)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise OperationError(f"{file}: {error.strerror}; choose another file with --output") from None
    return True


def source(svg: str) -> str | None:
    """Return the text of which an SVG file was drawn; None if the file does not have it."""
    found = _SOURCE.search(svg)
    return unescape(found[1]) if found else None


def _svg(picture: Digraph) -> bytes:
    # Comments name the release of Graphviz.
    drawn = _COMMENTS.sub("", _drawn(picture, "svg").decode())
    head, end, body = drawn.partition("</svg>\n")
    return f"{head}<metadata>{escape(picture.source, quote=False)}</metadata>\n{end}{body}".encode()


def _png(picture: Digraph) -> bytes:
    return _drawn(picture, "png")


def _text(picture: Digraph) -> bytes:
    return str(picture.source).encode()


def _drawn(picture: Digraph, format_: str) -> bytes:
    try:
        # Quiet: it warns of arrows that it cannot bend well.
        drawn: bytes = picture.pipe(format_, quiet=True)
    except ExecutableNotFound:
        raise OperationError("dot is not installed, which draws the picture; install the package graphviz") from None
    return drawn


_FORMATS: dict[str, Callable[[Digraph], bytes]] = {".svg": _svg, ".png": _png, ".dot": _text}
