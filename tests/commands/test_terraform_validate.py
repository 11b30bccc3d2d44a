"""Terraform accepts what random sets of services give, and services of every kind."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

from environments import SettingsError
from local_cloud import provider_mirror
from tests.unit.kinds import SERVICES as SERVICES_OF_EACH_KIND
from tests.unit.kinds import Kinds, Tables
from tests.unit.stack_json import Stack
from tests.unit.stacks.random_services import SERVICES, synthesized


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
    done = subprocess.run(  # noqa: S603 - arguments of the test below
        command, cwd=folder, env=os.environ | variables, capture_output=True, text=True, check=False
    )
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
