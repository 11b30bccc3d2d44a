"""A provider that runs on from one Terraform command to the next.

Each command starts its provider four or five times; those starts are a third of what a plan of this platform costs. In
its debug mode the provider is started once, and Terraform connects to it. What starts cold all the same: the
local deploy, the killed one, and whatever a person runs in a shell of their own.

A provider knows one configuration at a time: these platforms have one region, and run one command after the other.
https://developer.hashicorp.com/terraform/plugin/debugging#running-terraform-with-a-provider-in-debug-mode
"""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_ATTACHED = "TF_REATTACH_PROVIDERS"
# Beside what Terraform gives it, the provider reads where AWS is from its own environment, at its start.
_aws_of: dict[str, dict[str, str]] = {}
# It ends in order when its input does, with these tests; it lives long enough for garbage to count.
_START = """export GOGC=100; "$0" -debug & read -r _; kill -INT $!"""


@contextmanager
def warm_provider(initialized: Path, variables: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Start the provider of a folder in which Terraform was initialized; return the variables that lead there."""
    (program,) = initialized.glob(".terraform/providers/*/hashicorp/aws/*/*/terraform-provider-aws*")
    with subprocess.Popen(  # noqa: S603 - the provider that Terraform installed
        ["/bin/sh", "-c", _START, program],
        env=variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        address = _announced(process)
        _aws_of[address] = _aws(variables)
        yield {**variables, _ATTACHED: address}


def attached(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for a command; where AWS is another for it, without the provider that was started here."""
    fits = _aws_of.get(variables.get(_ATTACHED, "")) == _aws(variables)
    return {name: value for name, value in variables.items() if fits or name != _ATTACHED}


def _announced(process: "subprocess.Popen[str]") -> str:
    """Return what the provider says of where it listens."""
    for line in process.stdout or ():
        name, _, value = line.strip().partition("=")
        if name == _ATTACHED:
            return value.strip("'")
    raise AssertionError("the provider ended at its start")


def _aws(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if name.startswith("AWS_")}
