"""Files that only their owner reads: a platform's state, outputs and logs may hold secrets."""

import os
from pathlib import Path
from typing import TextIO, cast

UMASK = 0o077
"""For the processes that write into such a folder."""


def make_folder(folder: Path) -> None:
    """Make a folder, with those above it, that only its owner may enter."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def open_private(path: Path, mode: str = "w") -> TextIO:
    """Open a text file that, if it is new, only its owner may read."""
    return cast("TextIO", open(path, mode, encoding="utf-8", opener=_opener))


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
