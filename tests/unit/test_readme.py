"""What the documentation tells a user to type is what tests and CI run."""

import re
from pathlib import Path

import pytest

from operations.verification.checks import CHECKS

PROJECT = Path(__file__).parents[2]
DOCUMENTS = (PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md")))
FOLDERS = ("commands", "deploy", "unit/operations/ecs_exec")
TESTS = [file for folder in FOLDERS for file in (PROJECT / "tests" / folder).glob("*.py")]
RUN_BY = [file.read_text(encoding="utf-8") for file in (PROJECT / ".ci/run", *TESTS)]
BLOCKS = [block for file in DOCUMENTS for block in re.findall(r"```sh\n(.*?)```", file.read_text("utf-8"), re.DOTALL)]
COMMANDS = sorted({line for block in BLOCKS for line in block.splitlines()})


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_documentation_is_run(command: str) -> None:
    assert any(command in text for text in RUN_BY)


@pytest.mark.parametrize("document", ["README.md", "docs/verifying.md"])
def test_checks_are_counted_right(document: str) -> None:
    numbers = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    text = (PROJECT / document).read_text(encoding="utf-8")
    assert f"{numbers[len(CHECKS)]} checks" in text
