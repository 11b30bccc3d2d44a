"""The policies of docs/operator-permissions.md are printed without AWS, as a person asks for them."""

import json
import os

import pytest

from tests.deploy.shell import succeeded, typed

COMMANDS = (
    ".venv/bin/python -m operations exec dev --print-policy",
    ".venv/bin/python -m operations audit dev --print-policy",
    ".venv/bin/python -m operations verify dev --print-policy",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_policy_is_printed_without_aws(command: str) -> None:
    without_aws = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    policy = json.loads(succeeded(typed(command, without_aws)))
    assert policy["Version"] == "2012-10-17"
