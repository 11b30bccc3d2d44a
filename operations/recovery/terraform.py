"""Terraform in the folder of one synthesized stack."""

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from operations.aws.clients import Document
from operations.errors import OperationError

PROJECT = Path(__file__).resolve().parents[2]

_PLAN = "recovery.tfplan"
_LOCK = re.compile(r"^\W*(ID|Who|Created): +(.*\S)", re.MULTILINE)


@dataclass(frozen=True)
class Terraform:
    """The real Terraform, for the stack of one environment."""

    environment: str
    folder: Path

    def initialize(self) -> None:
        """Get the provider, and connect to the state."""
        self._run("init", "-input=false", "-no-color")

    def plan(self) -> Document:
        """Plan to a file and return what is in it.

        Raises OperationError, where the state is locked with the holder of the lock and the way to take it away.
        """
        self._run("plan", "-input=false", "-no-color", f"-out={_PLAN}")
        plan: Document = json.loads(self._run("show", "-json", _PLAN))
        return plan

    def show_plan(self) -> None:
        """Show the plan as Terraform always does."""
        self._run("show", _PLAN, output=None)

    def apply_plan(self) -> None:
        """Do what was planned, and nothing else."""
        self._run("apply", "-input=false", _PLAN, output=None)

    def forget_plan(self) -> None:
        """Delete the plan, which holds values that are nobody else's business."""
        (self.folder / _PLAN).unlink(missing_ok=True)

    def _run(self, *arguments: str, output: int | None = subprocess.PIPE) -> str:
        """Run a command to its end and return what it printed; ``output`` None shows it instead.

        Ctrl-C lets Terraform end what it has begun, save its state and unlock it, before KeyboardInterrupt goes on.
        """
        try:
            process = subprocess.Popen(  # noqa: S603 - our own arguments
                ["terraform", *arguments],  # noqa: S607 - wherever it is installed
                cwd=self.folder,
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
        with process:
            try:
                printed, complaint = process.communicate()
            except KeyboardInterrupt:
                process.send_signal(signal.SIGINT)
                process.communicate()
                raise
        if process.returncode:
            raise OperationError(self._reason(arguments[0], complaint))
        return printed or ""

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
    """Synthesize every stack as cdktf does, into the folder that it uses; raises OperationError where the app fails."""
    output = PROJECT / os.environ.get("CDKTF_OUTDIR", "cdktf.out")
    app = subprocess.run([sys.executable, "main.py"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if app.returncode:
        raise OperationError(app.stderr.strip())
    return Terraform(environment, output / "stacks" / environment)
