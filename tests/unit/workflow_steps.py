"""The steps of GitHub's workflows, as they stand in the files."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).parents[2]
WORKFLOWS = sorted((PROJECT / ".github/workflows").glob("*.yml"))
FILES = [*WORKFLOWS, *sorted((PROJECT / ".github/actions").glob("*/action.yml"))]


def uses() -> Iterator[str]:
    """Return what each step or job uses, with the comment that names the release."""
    for file in FILES:
        yield from re.findall(r"uses: (.+)", file.read_text("utf-8"))


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the jobs by file and name."""
    for file in WORKFLOWS:
        for name, job in yaml.safe_load(file.read_text("utf-8"))["jobs"].items():
            yield f"{file.name} {name}", job


def step(name: str) -> str:
    """Return the command of a step."""
    return COMMANDS[name]


def _commands() -> dict[str, str]:
    documents = [yaml.safe_load(file.read_text("utf-8")) for file in FILES]
    parts = [part for each in documents for part in (each.get("jobs") or {"action": each["runs"]}).values()]
    steps = [each for part in parts for each in part.get("steps", []) if "run" in each]
    return {each["name"]: each["run"].strip() for each in steps}


COMMANDS = _commands()
