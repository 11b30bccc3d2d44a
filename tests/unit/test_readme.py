"""What the README tells a user to type is what tests and CI run."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
RUN_BY = [
    (PROJECT / file).read_text(encoding="utf-8")
    for file in (
        ".ci/run",
        "tests/deploy/conftest.py",
        "tests/deploy/test_cdktf.py",
        "tests/deploy/test_killed_deploy.py",
        "tests/deploy/test_local_aws.py",
    )
]
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_is_run(command: str) -> None:
    assert any(command in text for text in RUN_BY)
