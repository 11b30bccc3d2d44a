"""The benchmark's parts still run; what they measure is for people to read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("command", [["floor.py"], ["growth.py", "3"], ["checks.py", "--turns", "1"]])
def test_a_part_of_the_benchmark_runs(command: list[str], tmp_path: Path) -> None:
    script = [sys.executable, str(PROJECT / "tests/bench" / command[0]), *command[1:]]
    variables = {**os.environ, "PYTHONPATH": str(PROJECT), "CDKTF_OUTDIR": str(tmp_path)}
    subprocess.run(script, env=variables, check=True, capture_output=True)  # noqa: S603 - our own
