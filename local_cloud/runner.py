"""Runs the steps of a deploy and shows its progress."""

import functools
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from local_cloud import processes
from local_cloud.console import say
from local_cloud.errors import LocalCloudError
from local_cloud.private import UMASK, open_private
from local_cloud.progress import Progress
from local_cloud.steps import Step

_QUIET_SECONDS = 10
_LOOK_SECONDS = 1


def run(
    steps: Iterable[Step],
    project: Path,
    log: Path,
    progress: Progress,
    *,
    check: Callable[[], None],
) -> int:
    """Run the steps until one fails, with a line for each step and for each long wait; answer its exit code.

    ``check`` is called every second; what it raises kills the command. Raises KeyboardInterrupt after Ctrl-C, once
    Terraform has finished what it had begun and saved its state.
    """
    say(progress.step)
    with open_private(log) as whole:
        for step in steps:
            with _started(step, project) as process:
                _follow(process, functools.partial(_show, _lines(process), whole.write, progress, check))
            if process.returncode:
                return process.returncode
    return 0


def _follow(process: "subprocess.Popen[str]", show: Callable[[], None]) -> None:
    try:
        show()
    except LocalCloudError:
        processes.kill(process.pid)
        raise
    except KeyboardInterrupt:
        say("\nInterrupted: Terraform ends what it has begun and saves its state")
        process.send_signal(signal.SIGINT)
        try:
            show()
        except (KeyboardInterrupt, LocalCloudError):
            processes.kill(process.pid)
        raise


def _started(step: Step, project: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - the project's own app, and Terraform
        step.command,
        cwd=project,
        env=step.variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        umask=UMASK,
        # Out of reach of the terminal's Ctrl-C, so that Terraform gets one signal: at a second it saves no state.
        start_new_session=True,
    )


def _show(
    lines: "queue.Queue[str | None]", keep: Callable[[str], object], progress: Progress, check: Callable[[], None]
) -> None:
    """Show the news in the lines as they come, until the last; after each quiet time, what goes on."""
    said = checked = time.monotonic()
    for line in iter(functools.partial(_next, lines), None):
        keep(line)
        now = time.monotonic()
        if now - checked >= _LOOK_SECONDS:
            check()
            checked = now
        # Terraform repeats itself while it waits: only what is said ends a quiet time, not what is read.
        news = progress.read(line) if line else None
        if news or now - said >= _QUIET_SECONDS:
            say(f"  {news or progress.still()}", fit=True)
            said = now


def _next(lines: "queue.Queue[str | None]") -> str | None:
    """Take the next line, or an empty one if none comes for a moment."""
    try:
        return lines.get(timeout=_LOOK_SECONDS)
    except queue.Empty:
        return ""


def _lines(process: "subprocess.Popen[str]") -> "queue.Queue[str | None]":
    """Read the output's lines into a queue, in the background; None ends it."""
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in process.stdout or ():
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    return lines
