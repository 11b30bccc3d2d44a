"""Runs cdktf and shows its progress."""

import functools
import json
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from local_cloud import processes
from local_cloud.console import say
from local_cloud.errors import LocalCloudError
from local_cloud.folder import output_folder
from local_cloud.outputs import outputs_file
from local_cloud.private import UMASK, open_private
from local_cloud.progress import Progress

_QUIET_SECONDS = 10
_LOOK_SECONDS = 1


def deploy_command(stack: str, project: Path, folder: Path, *, bucket: str | None) -> list[str]:
    """Write the command that deploys a stack with all it makes in a folder: its output, Terraform state and outputs.

    The stack's own state path is relative to the output, so the state of a real deploy stays apart. A state that was
    not in this bucket until now moves there. Raises LocalCloudError if cdktf is not installed.
    """
    program = project / "node_modules" / ".bin" / "cdktf"
    if not program.exists():
        raise LocalCloudError(f"cdktf is not installed: {program} is missing; run `npm ci` in {project}")
    output = ["--output", str(output_folder(folder)), "--outputs-file", str(outputs_file(folder, stack))]
    moving = ["--migrate-state"] if _bucket_until_now(stack, folder, bucket) != bucket else []
    return [str(program), "deploy", stack, "--auto-approve", *output, *moving]


def _bucket_until_now(stack: str, folder: Path, bucket: str | None) -> str | None:
    """Read where Terraform knows the state to be; before the first deploy it is wherever it is to be."""
    known = output_folder(folder) / "stacks" / stack / ".terraform" / "terraform.tfstate"
    if not known.exists():
        return bucket
    found: str | None = json.loads(known.read_text())["backend"]["config"].get("bucket")
    return found


def run(
    command: list[str],
    project: Path,
    variables: Mapping[str, str],
    log: Path,
    progress: Progress,
    *,
    check: Callable[[], None],
) -> int:
    """Run the command to its end, with a line for each step and for each long wait; answer its exit code.

    ``check`` is called every second; what it raises kills the command. Raises KeyboardInterrupt after Ctrl-C, once
    Terraform has finished what it had begun and saved its state.
    """
    with open_private(log) as whole, _started(command, project, variables) as process:
        show = functools.partial(_show, _lines(process), whole.write, progress, check)
        say(progress.step)
        try:
            show()
        except LocalCloudError:
            processes.kill(process.pid)
            raise
        except KeyboardInterrupt:
            say("\nInterrupted: Terraform ends what it has begun and saves its state")
            processes.interrupt(process.pid)
            try:
                show()
            except (KeyboardInterrupt, LocalCloudError):
                processes.kill(process.pid)
            raise
        return process.wait()


def _started(command: list[str], project: Path, variables: Mapping[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - the project's own cdktf
        command,
        cwd=project,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        umask=UMASK,
        # Out of reach of the terminal's Ctrl-C, at which cdktf would leave at once and take Terraform with it.
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
