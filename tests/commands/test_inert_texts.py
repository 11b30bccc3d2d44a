"""Whatever text a service is given, Terraform reads it as it was written: nothing in it is evaluated."""

import json
import os
import random
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.unit.kinds import Kinds

# `make faults` takes 20,000.
TEXTS = int(os.environ.get("RANDOM_CASES", "1000"))
# Terraform takes longer and longer for one string of many parts.
IN_ONE_SERVICE = 1000
PIECES = (
    *("${", "%{", "$${", "%%{", "#{", "&{", "}", "}}", "$", "%", "{", "~}", "\\", "\\${", '"', "\n", " ", "<<E\n"),
    *("1+1", 'file("/etc/passwd")', "path.module", "aws_vpc.network.id", "each.key", "var.x", "if true", "endif", "a"),
    *("TfToken", "[TOKEN.0]", "//", "<", "&", "\u2028", "\u00e9", "\U0001f600", "\x7f", "jsonencode([1])", "null"),
)  # fmt: skip
REFERENCE = re.compile(r"(?<!\$)\$\{aws_[\w.\[\]]+\}")
# They are filled in, and unknown ones and cdktf's own are refused: tests/unit/environments has those.
NOT_AS_WRITTEN = re.compile(r"(?<![$%])\{[a-z_]+\}|\{TfToken\[")


@pytest.fixture(params=range(max(TEXTS // IN_ONE_SERVICE, 1)))
def texts(request: pytest.FixtureRequest) -> list[str]:
    """Texts of pieces that mean something to Terraform, to cdktf or to JSON."""
    dice = random.Random(request.param)  # noqa: S311 - the same texts each time
    texts = ["".join(dice.choices(PIECES, k=dice.randint(1, 6))) for _ in range(IN_ONE_SERVICE)]
    return [text for text in texts if not NOT_AS_WRITTEN.search(text)]


def evaluated(folder: Path, values: dict[str, Any]) -> dict[str, Any]:
    """Return what the real Terraform makes of values as they stand in cdk.tf.json."""
    outputs = {name: {"value": value} for name, value in values.items()}
    text = REFERENCE.sub("x", json.dumps({"output": outputs}, ensure_ascii=False))
    (folder / "main.tf.json").write_text(text, encoding="utf-8")
    for command in (("init",), ("apply", "-auto-approve"), ("output", "-json")):
        ran = terraform(folder, *command)
    return {name: output["value"] for name, output in json.loads(ran).items()}


def terraform(folder: Path, *arguments: str) -> str:
    ran = subprocess.run(  # noqa: S603 - our own arguments
        ["terraform", *arguments],  # noqa: S607 - wherever it is installed
        cwd=folder,
        env=os.environ | {"CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_terraform_evaluates_no_text_of_a_container(kinds: Kinds, tmp_path: Path, texts: list[str]) -> None:
    assert len(texts) > IN_ONE_SERVICE / 2
    arguments = [text for text in texts if "\x7f" not in text]
    environment = {f"T{number}": text for number, text in enumerate(texts)}
    worker = {"environment": environment, "command": arguments, "container_health_check": ["CMD", *arguments]}
    definitions = kinds(worker=worker)["aws_ecs_task_definition.worker"]["container_definitions"]
    (container,) = json.loads(evaluated(tmp_path, {"worker": definitions})["worker"])
    assert {each["name"]: each["value"] for each in container["environment"]}.items() >= environment.items()
    assert container["command"] == arguments
    assert container["healthCheck"]["command"] == ["CMD", *arguments]


def test_terraform_evaluates_no_name_of_an_alarm(kinds: Kinds, tmp_path: Path, texts: list[str]) -> None:
    names = [text for text in texts if re.fullmatch("[ -~]+", text)]
    service = kinds(worker={"deployment_alarms": names})["aws_ecs_service.worker"]
    assert evaluated(tmp_path, {"names": service["alarms"]["alarm_names"]}) == {"names": names}
