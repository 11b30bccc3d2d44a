"""A provider that runs on from one Terraform command to the next, and describes only the types of this project.

A cold one starts four or five times in each command, and describes 2,100 types each time: two thirds of what a plan of
this platform costs. In its debug mode the provider is started once, and Terraform connects to it, here by way of
provider_relay.cjs. What starts cold all the same: the local deploy, the killed one, and whatever a person runs in a
shell of their own.

A provider knows one configuration at a time: these platforms have one region, and run one command after the other.
https://developer.hashicorp.com/terraform/plugin/debugging#running-terraform-with-a-provider-in-debug-mode
"""

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ATTACHED = "TF_REATTACH_PROVIDERS"

_PROJECT = Path(__file__).parents[2]
_RELAY = Path(__file__).with_name("provider_relay.cjs")
# Beside what Terraform gives it, the provider reads where AWS is from its own environment, at its start.
_aws_of: dict[str, dict[str, str]] = {}


@contextmanager
def warm_provider(initialized: Path, variables: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Start the provider of a folder in which Terraform was initialized; return the variables that lead there."""
    (program,) = initialized.resolve().glob(".terraform/providers/*/hashicorp/aws/*/*/terraform-provider-aws*")
    with subprocess.Popen(  # noqa: S603 - our own program
        ["node", _RELAY, program, *_types_here()],  # noqa: S607 - wherever it is installed
        env=variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        assert address, "the provider ended at its start"
        _aws_of[address] = _aws(variables)
        yield {**variables, ATTACHED: address}


def attached(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for a command; where AWS is another for it, without the provider that was started here."""
    fits = _aws_of.get(variables.get(ATTACHED, "")) == _aws(variables)
    return {name: value for name, value in variables.items() if fits or name != ATTACHED}


def _aws(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if name.startswith("AWS_")}


def _types_here() -> set[str]:
    """Return the types of this library and those of the live HCL."""
    bindings = (_PROJECT / "constructs/bindings.py").read_text(encoding="utf-8")
    modules = re.findall(r"cdktf_cdktf_provider_aws\.(?:data_aws_)?(\w+)", bindings)
    hcl = "".join(path.read_text(encoding="utf-8") for path in _PROJECT.glob("tests/deploy/live_hcl/**/*.tf"))
    return {f"aws_{module}" for module in modules} | set(re.findall(r"\baws_\w+", hcl))
