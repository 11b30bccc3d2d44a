"""Says what this machine lacks for the project, all of it at once.

Python 3.6 can run it, to say that a newer one is needed: no newer syntax, nothing but the standard library.
"""

import importlib
import os
import re
import shutil
import subprocess
import sys

_VERSION = re.compile(r"(\d+)\.(\d+)")


def missing() -> "list[str]":
    """List what is missing or too old, a line each: what is needed, what was found, and what to do."""
    problems = [
        _python_problem(),
        _tool_problem("Node", "node", (20, 0), "install it from https://nodejs.org/en/download"),
        _tool_problem("npm", "npm", (0, 0), "it comes with Node: https://nodejs.org/en/download"),
        _tool_problem(
            "Terraform", "terraform", (1, 11), "install it from https://developer.hashicorp.com/terraform/install"
        ),
    ]
    return [problem for problem in problems if problem]


def _python_problem() -> str:
    found = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python may run this very file
        return f"Python 3.11 or newer: python3 is {found}; install one and have it first on PATH as python3"
    for module in ("venv", "ensurepip"):
        try:
            importlib.import_module(module)
        except ImportError:
            major_minor = ".".join(str(part) for part in sys.version_info[:2])
            return f"Python's module {module}: python3 {found} has none; Debian's package is python{major_minor}-venv"
    return ""


def _tool_problem(name: str, command: str, oldest: "tuple[int, int]", remedy: str) -> str:
    wanted = name if oldest == (0, 0) else "{} {}.{} or newer".format(name, *oldest)
    path = shutil.which(command)
    if path is None:
        return f"{wanted}: not found on PATH; {remedy}"
    try:
        # Terraform would ask the internet whether it is the newest.
        environment = dict(os.environ, CHECKPOINT_DISABLE="1")
        output = subprocess.check_output([path, "--version"], env=environment, stderr=subprocess.DEVNULL)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        return f"{wanted}: {path} does not run ({error}); {remedy}"
    version = _VERSION.search(output.decode(errors="replace"))
    if version is None or (int(version.group(1)), int(version.group(2))) < oldest:
        found = version.group(0) if version else "unknown"
        return f"{wanted}: {path} is {found}; {remedy}"
    return ""


def main() -> int:
    """Print what is missing; answer the exit code."""
    problems = missing()
    if problems:
        sys.stderr.write("This machine lacks what the project needs:\n")
        sys.stderr.write("".join(f"  {problem}\n" for problem in problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
