"""What the machine lacks is said at once, a line each."""

import ast
import os
import subprocess
import sys
from pathlib import Path

from local_cloud import prerequisites

PROGRAM = Path(prerequisites.__file__)
GOOD = {"node": "v20.20.2", "npm": "10.8.2", "terraform": "Terraform v1.11.4"}


def check(folder: Path, tools: dict[str, str]) -> tuple[int, list[str]]:
    """Run the check with nothing but these tools on PATH."""
    for name, version in tools.items():
        tool = folder / name
        tool.write_text(f"#!/bin/sh\necho '{version}'\n")
        tool.chmod(0o755)
    environment = {**os.environ, "PATH": str(folder)}
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(PROGRAM)], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr.splitlines()


def test_complete_machine_passes_in_silence(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD) == (0, [])


def test_everything_missing_is_reported_at_once(tmp_path: Path) -> None:
    code, (_, node, npm, terraform) = check(tmp_path, {})
    assert code == 1
    assert node.startswith("  Node 20.0 or newer: not found on PATH; install it from https://")
    assert npm.startswith("  npm: not found on PATH; it comes with Node")
    assert terraform.startswith("  Terraform 1.11 or newer: not found on PATH; install it from https://")


def test_tool_that_is_too_old_is_named_with_its_version(tmp_path: Path) -> None:
    code, lines = check(tmp_path, GOOD | {"terraform": "Terraform v1.9.8"})
    assert (code, len(lines)) == (1, 2)
    assert f"Terraform 1.11 or newer: {tmp_path / 'terraform'} is 1.9; install" in lines[1]


def test_tool_that_does_not_run_is_reported_without_a_traceback(tmp_path: Path) -> None:
    code, lines = check(tmp_path, GOOD | {"npm": "'; exit 3; '"})
    assert (code, len(lines)) == (1, 2)
    assert "does not run" in lines[1]


def test_old_python_can_read_the_program() -> None:
    ast.parse(PROGRAM.read_text(), feature_version=(3, 6))
