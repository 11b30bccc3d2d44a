"""Terraform in the folder of one synthesized stack."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock

from operations.aws.clients import Document
from operations.errors import OperationError

PROJECT = Path(__file__).resolve().parents[1]

_PLAN = "operations.tfplan"
_LOCK = re.compile(r"^\W*(ID|Who|Created): +(.*\S)", re.MULTILINE)
# https://developer.hashicorp.com/terraform/cli/commands/plan#detailed-exitcode
_NOTHING_TO_DO, _SOMETHING_TO_DO = 0, 2


@dataclass(frozen=True)
class Interruption:
    """Ends the Terraform runs of other threads: Ctrl-C reaches the main thread only."""

    running: "set[subprocess.Popen[str]]" = field(default_factory=set)
    requested: Event = field(default_factory=Event)
    # Each process gets one signal: at a second one, Terraform stops without saving its state.
    _one_at_a_time: Lock = field(default_factory=Lock)

    def interrupt(self) -> None:
        """Let every run end in order, and start no other."""
        with self._one_at_a_time:
            if not self.requested.is_set():
                self.requested.set()
                for process in self.running:
                    process.send_signal(signal.SIGINT)

    @contextmanager
    def reaches(self, process: "subprocess.Popen[str]") -> Iterator[None]:
        """Interrupt a process from now on, also if that was asked for while it started."""
        with self._one_at_a_time:
            self.running.add(process)
            if self.requested.is_set():
                process.send_signal(signal.SIGINT)
        try:
            yield
        finally:
            with self._one_at_a_time:
                self.running.discard(process)


@dataclass(frozen=True)
class Terraform:
    """The real Terraform, for the stack of one environment; ``variables`` None means those of this process."""

    environment: str
    folder: Path
    variables: Mapping[str, str] | None = None
    interruption: Interruption = field(default_factory=Interruption)

    def initialize(self) -> None:
        """Get the provider, and connect to the state."""
        self._run("init", "-input=false", "-no-color")

    def plan(self, *options: str) -> Document:
        """Plan to a file and return what is in it.

        Raises OperationError, where the state is locked with the holder of the lock and the way to take it away.
        """
        self._run("plan", "-input=false", "-no-color", f"-out={_PLAN}", *options)
        return self.saved_plan()

    def plan_changes(self, *options: str) -> Document | None:
        """Plan as above; None if there is nothing to do, which is known without the seconds that reading takes."""
        code, _ = self._finish(
            ("plan", "-input=false", "-no-color", f"-out={_PLAN}", "-detailed-exitcode", *options),
            subprocess.PIPE,
            fine=(_NOTHING_TO_DO, _SOMETHING_TO_DO),
        )
        return None if code == _NOTHING_TO_DO else self.saved_plan()

    def saved_plan(self, file: str = _PLAN) -> Document:
        """Return what is in a plan that was saved to a file of the folder."""
        plan: Document = json.loads(self._run("show", "-json", file))
        return plan

    def schemas(self) -> Document:
        """Return the schemas of every provider: https://developer.hashicorp.com/terraform/cli/commands/providers/schema."""
        schemas: Document = json.loads(self._run("providers", "schema", "-json"))["provider_schemas"]
        return schemas

    def show_plan(self) -> None:
        """Show the plan as Terraform always does."""
        self._run("show", _PLAN, output=None)

    def apply_plan(self) -> None:
        """Do what was planned, and nothing else."""
        self._run("apply", "-input=false", _PLAN, output=None)

    def apply(self) -> None:
        """Plan and do it, without a question; for what is not the real platform."""
        self._run("apply", "-input=false", "-no-color", "-auto-approve")

    def forget_plan(self) -> None:
        """Delete the plan, which holds values that are nobody else's business."""
        (self.folder / _PLAN).unlink(missing_ok=True)

    def _run(self, *arguments: str, output: int | None = subprocess.PIPE) -> str:
        return self._finish(arguments, output, fine=(0,))[1]

    def _finish(self, arguments: tuple[str, ...], output: int | None, *, fine: Collection[int]) -> tuple[int, str]:
        """Run a command to its end; return its status, and what it printed; ``output`` None shows it instead.

        Ctrl-C lets Terraform end what it has begun, save its state and unlock it, before KeyboardInterrupt goes on.
        """
        if self.interruption.requested.is_set():
            raise OperationError("stopped")
        with self._started(arguments, output) as process, self.interruption.reaches(process):
            try:
                printed, complaint = process.communicate()
            except KeyboardInterrupt:
                process.send_signal(signal.SIGINT)
                process.communicate()
                raise
        if process.returncode not in fine:
            raise OperationError(self._reason(arguments[0], complaint))
        return process.returncode, printed or ""

    def _started(self, arguments: tuple[str, ...], output: int | None) -> "subprocess.Popen[str]":
        try:
            return subprocess.Popen(  # noqa: S603 - our own arguments
                ["terraform", *arguments],  # noqa: S607 - wherever it is installed
                cwd=self.folder,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                text=True,
                # Out of reach of the terminal's Ctrl-C, so that it gets each once.
                start_new_session=True,
            )
        except FileNotFoundError:
            raise OperationError(
                "terraform is not installed: https://developer.hashicorp.com/terraform/install"
            ) from None

    def _reason(self, command: str, complaint: str | None) -> str:
        if complaint is None:
            return f"terraform {command} failed, see above; put the cause right and run this again to go on from there"
        if "Error acquiring the state lock" not in complaint:
            return f"terraform {command} failed:\n{complaint.strip()}"
        lock = dict(_LOCK.findall(complaint))
        folder = os.path.relpath(self.folder)
        return (
            f"the state of {self.environment} is locked by {lock['Who']} since {lock['Created']}: "
            "a deploy runs, or one was killed.\nOnce it is sure that nobody deploys, unlock it and run this again:\n"
            f"  terraform -chdir={folder} force-unlock {lock['ID']}"
        )


def synthesize(environment: str) -> Terraform:
    """Synthesize a stack as cdktf does, into the folder that it uses; raises OperationError where the app fails."""
    output = PROJECT / os.environ.get("CDKTF_OUTDIR", "cdktf.out")
    app = subprocess.run(  # noqa: S603 - our own app
        [sys.executable, "main.py", environment], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if app.returncode:
        raise OperationError(app.stderr.strip())
    return Terraform(environment, output / "stacks" / environment)
