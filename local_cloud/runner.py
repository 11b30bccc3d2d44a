"""Runs the steps of a deploy and shows its progress."""

import functools
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from local_cloud import processes
from local_cloud.console import say
from local_cloud.errors import LocalCloudError
from local_cloud.private import UMASK, open_private
from local_cloud.progress import Progress
from local_cloud.steps import Step

_QUIET_SECONDS = 10
_LOOK_SECONDS = 1

# What a command prints, line by line, None at its end; and Ctrl-C among it.
_Lines = queue.SimpleQueue[str | KeyboardInterrupt | None]


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
            lines: _Lines = queue.SimpleQueue()
            with _interrupted_by(lines), _started(step, project) as process:
                threading.Thread(target=_read, args=[process, lines], daemon=True).start()
                _follow(process, functools.partial(_show, lines, whole.write, progress, check))
            if process.returncode:
                return process.returncode
    return 0


@contextmanager
def _interrupted_by(lines: _Lines) -> Iterator[None]:
    """Let Ctrl-C wait among a command's lines: raised anywhere, it would miss one that has just been started."""
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda *_: lines.put(KeyboardInterrupt()))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if not lines.empty():
        raise KeyboardInterrupt


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


def _show(lines: _Lines, keep: Callable[[str], object], progress: Progress, check: Callable[[], None]) -> None:
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


def _next(lines: _Lines) -> str | None:
    """Take the next line, or an empty one if none comes for a moment; raise KeyboardInterrupt where that comes."""
    try:
        line = lines.get(timeout=_LOOK_SECONDS)
    except queue.Empty:
        return ""
    if isinstance(line, KeyboardInterrupt):
        raise line
    return line


def _read(process: "subprocess.Popen[str]", lines: _Lines) -> None:
    for line in process.stdout or ():
        lines.put(line)
    lines.put(None)
