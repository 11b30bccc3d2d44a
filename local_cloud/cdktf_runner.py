"""Runs cdktf and shows its progress."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from local_cloud.console import say
from local_cloud.errors import LocalCloudError
from local_cloud.progress import Progress

_QUIET_SECONDS = 15


def deploy_command(stack: str, project: Path, folder: Path, *, bucket: str | None) -> list[str]:
    """Write the command that deploys a stack with all it makes in a folder: its output, Terraform state and outputs.

    The stack's own state path is relative to the output, so the state of a real deploy stays apart. A state that was
    not in this bucket until now moves there. Raises LocalCloudError where cdktf is not installed.
    """
    program = project / "node_modules" / ".bin" / "cdktf"
    if not program.exists():
        raise LocalCloudError(f"cdktf is not installed: {program} is missing; run `npm ci` in {project}")
    output = ["--output", str(folder / "cdktf.out"), "--outputs-file", str(folder / "outputs.json")]
    moving = ["--migrate-state"] if _bucket_until_now(stack, folder, bucket) != bucket else []
    return [str(program), "deploy", stack, "--auto-approve", *output, *moving]


def _bucket_until_now(stack: str, folder: Path, bucket: str | None) -> str | None:
    """Read where Terraform knows the state to be; before the first deploy it is wherever it is to be."""
    known = folder / "cdktf.out" / "stacks" / stack / ".terraform" / "terraform.tfstate"
    if not known.exists():
        return bucket
    found: str | None = json.loads(known.read_text())["backend"]["config"].get("bucket")
    return found


def run(command: list[str], project: Path, variables: Mapping[str, str], log: Path, progress: Progress) -> int:
    """Run the command to its end, with a line for each step and for each long wait; answer its exit code.

    Raises KeyboardInterrupt after Ctrl-C, once Terraform has finished what it had begun and saved its state.
    """
    with (
        log.open("w") as whole,
        subprocess.Popen(  # noqa: S603 - the project's own cdktf
            command,
            cwd=project,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # Out of reach of the terminal's Ctrl-C, at which cdktf would leave at once and take Terraform with it.
            start_new_session=True,
        ) as process,
    ):
        lines = _lines(process)
        say(progress.step)
        try:
            _show(lines, whole.write, progress)
        except KeyboardInterrupt:
            say("\nInterrupted: Terraform ends what it has begun and saves its state")
            _interrupt(process)
            try:
                _show(lines, whole.write, progress)
            except KeyboardInterrupt:
                os.killpg(process.pid, signal.SIGKILL)
            raise
        return process.wait()


def _show(lines: "queue.Queue[str | None]", keep: Callable[[str], object], progress: Progress) -> None:
    """Show the news in the lines as they come, until the last."""
    while True:
        try:
            line = lines.get(timeout=_QUIET_SECONDS)
        except queue.Empty:
            say(f"  {progress.still()}", cut=True)
            continue
        if line is None:
            return
        keep(line)
        if news := progress.read(line):
            say(f"  {news}", cut=True)


def _lines(process: "subprocess.Popen[str]") -> "queue.Queue[str | None]":
    """Read the output's lines into a queue, in the background; None ends it."""
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in process.stdout or ():
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    return lines


def _interrupt(process: "subprocess.Popen[str]") -> None:
    """Interrupt the Terraform that this cdktf runs, or cdktf itself where none runs."""
    terraforms = _terraforms_under(process.pid)
    with contextlib.suppress(ProcessLookupError):
        if not terraforms:
            os.killpg(process.pid, signal.SIGINT)
        for pid in terraforms:
            os.kill(pid, signal.SIGINT)


def _terraforms_under(root: int) -> list[int]:
    table = subprocess.check_output(["ps", "-A", "-o", "pid=,ppid=,comm="], text=True)  # noqa: S607 - wherever ps is
    processes = [line.split(maxsplit=2) for line in table.splitlines()]
    family = {root}
    # A child may be listed before its parent.
    for _ in processes:
        children = {int(pid) for pid, parent, _ in processes if int(parent) in family} - family
        if not children:
            break
        family |= children
    return [int(pid) for pid, _, program in processes if int(pid) in family and Path(program).name == "terraform"]
