"""The AWS provider, started once for all that Terraform asks of it.

Terraform starts it four or five times in each command, and reads each time what its 2,100 types are: most of what a
command costs that has little to do. In its debug mode the provider runs on, and Terraform connects to it; here by way
of provider_relay.cjs, which describes only the types that are there.
https://developer.hashicorp.com/terraform/plugin/debugging#running-terraform-with-a-provider-in-debug-mode
"""

import io
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ATTACHED = "TF_REATTACH_PROVIDERS"

_RELAY = Path(__file__).with_name("provider_relay.cjs")
_LOCKED = re.compile(r'^provider "[^"]*/hashicorp/aws" {\s*version *= *"(.*?)"', re.MULTILINE)
# One that is attached already was chosen, and only one that Terraform starts writes into Terraform's log.
_AS_ALWAYS = (ATTACHED, "TF_LOG", "TF_LOG_PROVIDER")


@contextmanager
def running_provider(
    initialized: Path, types: Iterable[str], variables: Mapping[str, str]
) -> Iterator[Mapping[str, str]]:
    """Start the provider of a folder in which Terraform was initialized; return the variables that lead there.

    Terraform knows no other types than these. Where the provider does not run on, the variables stay as they are, and
    Terraform starts it as always. What Terraform does not tell it, the provider reads from its own environment.
    """
    program = _program(initialized)
    if program is None or any(name in variables for name in _AS_ALWAYS):
        yield variables
        return
    with subprocess.Popen(  # noqa: S603 - our own program
        ["node", _RELAY, program, *types],  # noqa: S607 - wherever it is installed
        cwd=initialized,
        env=variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        # Out of reach of the terminal's Ctrl-C: Terraform ends first, with its help.
        start_new_session=True,
    ) as process:
        address = (process.stdout or io.StringIO()).readline().strip()
        yield {**variables, ATTACHED: address} if address else variables


def types_of(stack: Mapping[str, Any]) -> set[str]:
    """Return the types of a stack, as Terraform reads it."""
    return {type_ for block in ("resource", "data", "ephemeral") for type_ in stack.get(block, {})}


def can_run_on(stack: Mapping[str, Any]) -> bool:
    """Whether a stack configures the provider in one way, under whatever alias: it has the last that it got."""
    configured = [{**each, "alias": None} for each in stack.get("provider", {}).get("aws", ())]
    return bool(configured) and all(each == configured[0] for each in configured)


def _program(initialized: Path) -> Path | None:
    """Find the provider that the folder is locked to."""
    lock = initialized / ".terraform.lock.hcl"
    locked = _LOCKED.search(lock.read_text(encoding="utf-8")) if lock.exists() else None
    version = locked.group(1) if locked else "none"
    found = initialized.resolve().glob(f".terraform/providers/*/hashicorp/aws/{version}/*/terraform-provider-aws*")
    return next(found, None)
