"""Random sets of services: lines that a person can read, or JSON that Terraform accepts."""

import json
import os
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

from environments import SettingsError
from local_cloud import provider_mirror
from tests.unit.kinds import SERVICES as SERVICES_OF_EACH_KIND
from tests.unit.kinds import Kinds, Tables, write
from tests.unit.stack_json import Stack
from tests.unit.stacks.random_services import SERVICES
from tests.unit.structure import faults
from tests.unit.synthesis import synthesizer

LINE = re.compile(r"  services(\.|: )\S.*")
NAMES = ("name", "name_prefix", "family", "bucket")


def synthesized(folders: pytest.TempPathFactory, services: Tables) -> Stack:
    return synthesizer(folders, write(folders.mktemp("random"), services))("dev")


def twins(stack: Stack) -> list[tuple[str, str]]:
    """Return the names that two resources of a type share, and the priorities of two rules."""
    named = ((kind, each) for kind, resources in stack.document["resource"].items() for each in resources.values())
    found = [(kind, each[key]) for kind, each in named for key in NAMES if key in each and "for_each" not in each]
    rules = stack.of_type("aws_lb_listener_rule").values()
    counts = Counter([*found, *(("priority", str(rule["priority"])) for rule in rules)])
    # What belongs to a bucket has the bucket there.
    return [each for each, count in counts.items() if count > 1 and not each[1].startswith("$")]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(services=SERVICES)
def test_services_give_readable_lines_or_sound_json(tmp_path_factory: pytest.TempPathFactory, services: Tables) -> None:
    try:
        stack = synthesized(tmp_path_factory, services)
    except SettingsError as error:
        _, *lines = str(error).split("\n")
        assert lines
        assert all(LINE.fullmatch(line) for line in lines)
    else:
        assert faults(stack) == []
        assert twins(stack) == []


@pytest.fixture(scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which Terraform has the provider."""
    folder = tmp_path_factory.mktemp("terraform")
    mirror = provider_mirror.find_mirror(os.environ)
    if mirror:
        provider_mirror.write_cli_configuration(folder, mirror)
    (folder / "main.tf.json").write_text('{"terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}}}')
    run(folder, "init", "-backend=false")
    return folder


def run(folder: Path, *arguments: str) -> None:
    """Run Terraform to its end; a failure shows what it printed."""
    configuration = folder / "terraform.rc"
    variables = {"CHECKPOINT_DISABLE": "1"} | (
        {"TF_CLI_CONFIG_FILE": str(configuration)} if configuration.exists() else {}
    )
    command = ["terraform", *arguments, "-no-color"]
    done = subprocess.run(command, cwd=folder, env=os.environ | variables, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def random_stacks(tmp_path_factory: pytest.TempPathFactory) -> list[Stack]:
    """What three random sets of services give."""
    stacks: list[Stack] = []

    @settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
    @given(services=SERVICES)
    def collect(services: Tables) -> None:
        try:
            stacks.append(synthesized(tmp_path_factory, services))
        except SettingsError:
            assume(False)

    collect()
    return stacks


def test_terraform_accepts_random_services_and_every_kind(
    terraform: Path, random_stacks: list[Stack], kinds: Kinds
) -> None:
    """Each is a module: the provider, which takes seconds to start, is asked about all at once."""
    of_kinds = {"each_kind": kinds(), "none": kinds(**dict.fromkeys(SERVICES_OF_EACH_KIND))}
    stacks = of_kinds | {f"random_{number}": stack for number, stack in enumerate(random_stacks)}
    assert len(stacks) >= 5
    for name, stack in stacks.items():
        (terraform / name).mkdir()
        (terraform / name / "main.tf.json").write_text(stack.text, encoding="utf-8")
    modules = {name: {"source": f"./{name}"} for name in stacks}
    (terraform / "main.tf.json").write_text(json.dumps({"module": modules}), encoding="utf-8")
    run(terraform, "get")
    run(terraform, "validate")
