"""In bash the command line completes commands, environments, services and checks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from environments import names

PROJECT = Path(__file__).parents[2]
# What bash does at a press of Tab, with the handler that the documentation installs.
COMPLETE = """
eval "$(activate-global-python-argcomplete --dest=-)"
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
read -ra COMP_WORDS <<< "$1"
[[ $1 != *" " ]] || COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_python_argcomplete_global "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("python -m operations ver", {"verify"}),
        ("python -m operations recover ", set(names())),
        ("python -m operations review dev ", set(names())),
        ("python -m operations exec dev ", {"backend", "frontend", "prometheus"}),
        ("python -m operations verify dev --check cloud", {"cloud-map"}),
    ],
)
def test_tab_offers(typed: str, offered: set[str]) -> None:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    completed = subprocess.run(  # noqa: S603 - the script above
        ["bash", "-c", COMPLETE, "bash", typed],  # noqa: S607 - wherever bash is
        cwd=PROJECT,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert offered <= {word.strip() for word in completed.stdout.splitlines()}
