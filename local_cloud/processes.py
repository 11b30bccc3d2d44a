"""The processes below one that this package started: cdktf, the Terraform that it runs, and Terraform's provider."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path


def interrupt(root: int) -> None:
    """Interrupt the Terraform that this cdktf runs; if it runs none, cdktf itself."""
    terraforms = [pid for pid, program in _family(root).items() if program == "terraform"]
    with contextlib.suppress(ProcessLookupError):
        if not terraforms:
            os.killpg(root, signal.SIGINT)
        for pid in terraforms:
            os.kill(pid, signal.SIGINT)


def kill(root: int) -> None:
    """Kill a process with all below it, those in a session of their own too."""
    for pid in _family(root):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _family(root: int) -> dict[int, str]:
    """List a process and all below it, with the names of their programs."""
    table = subprocess.check_output(["ps", "-A", "-o", "pid=,ppid=,comm="], text=True)  # noqa: S607 - wherever ps is
    processes = [(int(pid), int(parent), Path(name).name) for pid, parent, name in map(_columns, table.splitlines())]
    family = {root}
    # A child may be listed before its parent.
    while children := {pid for pid, parent, _ in processes if parent in family} - family:
        family |= children
    return {pid: program for pid, _, program in processes if pid in family}


def _columns(line: str) -> list[str]:
    return line.split(maxsplit=2)
