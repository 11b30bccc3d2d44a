"""Lets one command at a time work on a local AWS.

The kernel releases a file lock when its process ends, however it ends: none is ever left behind.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from local_cloud.errors import LocalCloudError
from local_cloud.private import make_folder, open_private

FILE = "lock"


@contextlib.contextmanager
def hold_lock(folder: Path, command: str) -> Iterator[None]:
    """Hold the lock of a local AWS's folder for a command, whose name others are given meanwhile.

    Raises LocalCloudError at once if another process holds it.
    """
    with _locked(folder) as file:
        file.truncate(0)
        file.write(f"`{command}` (process {os.getpid()})")
        file.flush()
        yield


def _locked(folder: Path) -> TextIO:
    path = folder / FILE
    while True:
        make_folder(folder)
        file = open_private(path, "a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalCloudError(_refusal(file)) from None
        if _is_still_at(path, file):
            return file
        file.close()


def _refusal(file: TextIO) -> str:
    with file:
        file.seek(0)
        # Empty for the moment between the lock and the name.
        holder = file.read() or "another command"
    return f"the local AWS is in use by {holder}; wait until it ends, or stop it with Ctrl-C, then try again"


def _is_still_at(path: Path, file: TextIO) -> bool:
    """Whether the locked file is the one that others find: the end of a local AWS removes it with its folder."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
