"""A provider that runs on from one Terraform command of the tests to the next.

What starts cold all the same: the killed deploy, and whatever a person runs in a shell of their own. These platforms
have one region, and run one command after the other.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local_cloud.running_provider import ATTACHED, running_provider

_PROJECT = Path(__file__).parents[2]
# Beside what Terraform gives it, the provider reads where AWS is from its own environment, at its start.
_aws_of: dict[str, dict[str, str]] = {}


@contextmanager
def warm_provider(initialized: Path, variables: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Start the provider of a folder in which Terraform was initialized; return the variables that lead there."""
    with running_provider(initialized, _types_here(), variables) as attached:
        _aws_of[attached[ATTACHED]] = _aws(variables)
        yield dict(attached)


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
