"""Writes the stacks, or none of them if one breaks a rule."""

from collections.abc import Sequence
from pathlib import Path

from constructs.bindings import App

from rules.check import RulesError, check
from stacks.platform import PlatformStack


def synthesize(app: App, stacks: Sequence[PlatformStack]) -> list[Path]:
    """Write the JSON of every stack and return their folders.

    The rules read what was written, because that is what Terraform gets. Raises RulesError if a stack breaks one; then
    nothing is left that cdktf or Terraform would deploy.
    """
    folders = [Path(app.outdir, "stacks", stack.environment.name) for stack in stacks]
    try:
        _write(app, stacks)
        check([(stack.environment, folder) for stack, folder in zip(stacks, folders, strict=True)])
    except RulesError:
        for file in (Path(app.outdir, "manifest.json"), *(folder / "cdk.tf.json" for folder in folders)):
            file.unlink(missing_ok=True)
        raise
    return folders


def _write(app: App, stacks: Sequence[PlatformStack]) -> None:
    try:
        app.synth()
    except RuntimeError:
        # Raised by a stack, but Node hands it back as an error of its own.
        if clashes := [f"unique-address: {clash}" for stack in stacks for clash in stack.clashes]:
            raise RulesError("\n".join(clashes)) from None
        raise
