"""The outputs of a deployed environment, as its last deploy wrote them down."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local_cloud.errors import LocalCloudError
from local_cloud.folder import stack_folder
from local_cloud.private import open_private

# Any, in this module: outputs are of any JSON type.
Outputs = dict[str, Any]


def outputs_file(folder: Path, environment: str) -> Path:
    """Return the file in which a deploy leaves the outputs of an environment."""
    return folder / f"outputs.{environment}.json"


def read_outputs(folder: Path, environment: str) -> Outputs:
    """Read the outputs of the last deploy; empty before the first."""
    try:
        document = json.loads(outputs_file(folder, environment).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    found: Outputs = document.get(environment, {})
    return found


def write_outputs(folder: Path, environment: str, variables: Mapping[str, str]) -> None:
    """Ask Terraform for the outputs of an environment and keep them; raises LocalCloudError if it has none to give."""
    command = ["terraform", f"-chdir={stack_folder(folder, environment)}", "output", "-json"]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise LocalCloudError(done.stderr.strip())
    outputs = {name: output["value"] for name, output in json.loads(done.stdout).items()}
    with open_private(outputs_file(folder, environment)) as file:
        json.dump({environment: outputs}, file)


def changed_outputs(before: Mapping[str, Any], after: Mapping[str, Any]) -> Outputs:
    """Return what is new in the outputs, or differs."""
    return {name: value for name, value in after.items() if name not in before or before[name] != value}


def format_outputs(outputs: Mapping[str, Any]) -> str:
    """Write the outputs, a line each."""
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in sorted(outputs.items())}
    return "\n".join(f"  {name} = {text}" for name, text in texts.items())
