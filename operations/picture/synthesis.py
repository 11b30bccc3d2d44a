"""The JSON of an environment, synthesized for reading."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from operations.errors import OperationError

_PROJECT = Path(__file__).parents[2]


def synthesized(environment: str) -> dict[str, Any]:
    """Return what main.py writes for an environment; the output folder of cdktf stays as it is."""
    if not shutil.which("node"):
        raise OperationError("node is not installed, which synthesizes the environment; install Node 20 or newer")
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(  # noqa: S603 - our own app
            [sys.executable, "main.py", environment],
            cwd=_PROJECT,
            env=os.environ | {"CDKTF_OUTDIR": folder},
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise OperationError(run.stderr.strip())
        file = Path(folder, "stacks", environment, "cdk.tf.json")
        document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return document
