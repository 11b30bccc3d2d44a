"""The outputs of a deployed environment, as cdktf wrote them down."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

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


def changed_outputs(before: Mapping[str, Any], after: Mapping[str, Any]) -> Outputs:
    """Return what is new in the outputs, or differs."""
    return {name: value for name, value in after.items() if name not in before or before[name] != value}


def format_outputs(outputs: Mapping[str, Any]) -> str:
    """Write the outputs, a line each."""
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in sorted(outputs.items())}
    return "\n".join(f"  {name} = {text}" for name, text in texts.items())
