"""The processes below one that this package started: those of Terraform's provider."""

import contextlib
import os
import signal
import subprocess


def kill(root: int) -> None:
    """Kill a process with all below it, those in a session of their own too."""
    for pid in _family(root):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _family(root: int) -> set[int]:
    """List a process and all below it."""
    table = subprocess.check_output(["ps", "-A", "-o", "pid=,ppid="], text=True)  # noqa: S607 - wherever ps is
    processes = [tuple(map(int, line.split())) for line in table.splitlines()]
    family = {root}
    # A child may be listed before its parent.
    while children := {pid for pid, parent in processes if parent in family} - family:
        family |= children
    return family
