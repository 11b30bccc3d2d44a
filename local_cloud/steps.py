"""The steps that deploy an environment: the app, and then Terraform."""

import hashlib
import json
import shutil
import sys
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_cloud.errors import LocalCloudError
from local_cloud.folder import stack_folder
from local_cloud.running_provider import can_run_on, running_provider, types_of


def check_terraform() -> None:
    """Raise LocalCloudError if Terraform is not installed."""
    if shutil.which("terraform") is None:
        raise LocalCloudError("terraform is not installed: https://developer.hashicorp.com/terraform/install")


@dataclass(frozen=True)
class Step:
    """A command of a deploy, with its environment variables."""

    command: list[str]
    variables: Mapping[str, str]


def deploy_steps(name: str, project: Path, folder: Path, variables: Mapping[str, str]) -> Generator[Step, None, None]:
    """Yield the steps that deploy an environment in a folder, each once the one before has succeeded.

    They do what ``cdktf deploy`` does, without the seconds of its own start, without an init that would find all as the
    last successful deploy left it, and with one start of the provider instead of five. A state that was somewhere else
    until then moves.
    """
    yield Step([sys.executable, str(project / "main.py"), name], variables)
    stands = stack_folder(folder, name)
    stack = json.loads((stands / "cdk.tf.json").read_text(encoding="utf-8"))
    terraform = ["terraform", f"-chdir={stands}"]
    initialized, wanted = stands / ".terraform" / "initialized_for", _initialized_for(stands, stack)
    if not initialized.exists() or initialized.read_text() != wanted:
        yield Step([*terraform, "init", "-input=false", "-force-copy"], variables)
    # If the deploy fails, the next one starts with init.
    initialized.unlink(missing_ok=True)
    with _provider(stands, stack, variables) as attached:
        yield Step([*terraform, "apply", "-input=false", "-auto-approve"], attached)
    initialized.parent.mkdir(exist_ok=True)
    initialized.write_text(wanted)


def _provider(
    stands: Path, stack: Mapping[str, Any], variables: Mapping[str, str]
) -> AbstractContextManager[Mapping[str, str]]:
    """Let the provider run on for what is in the stack and in its state, if that can be read here."""
    backend = stack["terraform"]["backend"]
    kept = _types_kept(stands / backend["local"]["path"]) if "local" in backend else None
    if kept is None or not can_run_on(stack):
        return nullcontext(variables)
    return running_provider(stands, types_of(stack) | kept, variables)


def _types_kept(state: Path) -> set[str] | None:
    """Return the types in a state; None where Terraform itself has to say what is wrong with it."""
    try:
        return {each["type"] for each in json.loads(state.read_text(encoding="utf-8"))["resources"]}
    except FileNotFoundError:
        return set()
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _initialized_for(stands: Path, stack: Mapping[str, Any]) -> str:
    """Return a digest of what init depends on: providers, backend and lock file."""
    lock = (stands / ".terraform.lock.hcl").read_text(encoding="utf-8")
    return hashlib.sha256(json.dumps([stack["terraform"], lock]).encode()).hexdigest()
