"""What Terraform gets of a provider that runs on, beside what it gets of one that it starts itself."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local_cloud.running_provider import ATTACHED, running_provider, types_of
from local_cloud.steps import deploy_steps
from stacks.provider_lock import LOCK
from tests.deploy.conftest import PROJECT
from tests.deploy.platforms import Terraform
from tests.unit.stack_json import Stack, Synth

# Only one of them may be there, says the provider.
BOTH = {"allowed_account_ids": ["123456789012"], "forbidden_account_ids": ["999999999999"]}
KINDS = ("resource_schemas", "data_source_schemas")


@pytest.fixture(scope="module")
def dev(synth: Synth) -> Stack:
    return synth()


@pytest.fixture(scope="module")
def cold(dev: Stack, provider: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    terraform = Terraform(tmp_path_factory.mktemp("described") / "cdktf.out" / "stacks" / "dev", provider)
    terraform.initialize(dev)
    return terraform


@pytest.fixture(scope="module")
def warm(cold: Terraform, dev: Stack) -> Iterator[Terraform]:
    with running_provider(cold.folder, types_of(dev.document), cold.variables) as variables:
        assert ATTACHED in variables
        yield replace(cold, variables=dict(variables))


@pytest.fixture(scope="module")
def described(cold: Terraform, warm: Terraform) -> tuple[dict[str, Any], dict[str, Any]]:
    """How the cold provider describes itself, and how the warm one does."""
    return schema(cold.folder, cold.variables), schema(warm.folder, warm.variables)


def test_the_types_of_a_stack_are_described_alike(described: tuple[dict[str, Any], dict[str, Any]]) -> None:
    cold, warm = described
    for kind in KINDS:
        assert warm[kind] == {name: cold[kind][name] for name in warm[kind]}
    assert warm["provider"] == cold["provider"]


def test_all_types_of_a_stack_are_described(described: tuple[dict[str, Any], dict[str, Any]], dev: Stack) -> None:
    _, warm = described
    ours = [{name for name in dev.document[block] if name.startswith("aws_")} for block in ("resource", "data")]
    assert [used - warm[kind].keys() for used, kind in zip(ours, KINDS, strict=True)] == [set(), set()]


def test_most_types_are_left_out(described: tuple[dict[str, Any], dict[str, Any]]) -> None:
    cold, warm = described
    assert len(warm["resource_schemas"]) < len(cold["resource_schemas"]) / 10


@pytest.mark.parametrize(
    "wrong",
    [
        {"resource": {"aws_vpc": {"x": {"cidr_block": "10.0.0.0/99"}}}},
        {"provider": {"aws": BOTH}, "resource": {"aws_eip": {"x": {}}}},
    ],
    ids=["resource", "provider"],
)
def test_what_is_wrong_is_refused_each_time(
    cold: Terraform, warm: Terraform, dev: Stack, wrong: dict[str, Any]
) -> None:
    cold.use(Stack(json.dumps({"terraform": {}, "provider": dev.document["provider"], **wrong})))
    refused = [complaint(each.folder, each.variables) for each in (cold, warm, warm)]
    cold.use(dev)
    assert "Error: " in refused[0]
    assert refused[1:] == refused[:1] * 2


def test_it_ends_with_what_started_it(cold: Terraform) -> None:
    with running_provider(cold.folder, (), cold.variables) as variables:
        (provider,) = json.loads(variables[ATTACHED]).values()
        assert Path(provider["Addr"]["String"]).exists()
    assert not Path(provider["Addr"]["String"]).exists()
    with pytest.raises(ProcessLookupError):
        os.kill(provider["Pid"], 0)


@pytest.mark.parametrize("variable", ["TF_LOG", "TF_LOG_PROVIDER", ATTACHED])
def test_terraform_starts_it_as_always_where_that_is_wanted(cold: Terraform, variable: str) -> None:
    variables = cold.variables | {variable: "debug"}
    with running_provider(cold.folder, (), variables) as same:
        assert same == variables


def test_a_folder_without_it_is_as_always(tmp_path: Path, provider: dict[str, str]) -> None:
    with running_provider(tmp_path, (), provider) as same:
        assert same == provider


def test_one_that_does_not_start_is_left_to_terraform(tmp_path: Path, provider: dict[str, str]) -> None:
    (tmp_path / LOCK.name).write_text(LOCK.read_text())
    folder = tmp_path / ".terraform/providers/registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64"
    folder.mkdir(parents=True)
    program = folder / "terraform-provider-aws_v5.100.0_x5"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o700)
    with running_provider(tmp_path, (), provider) as same:
        assert same == provider


def test_a_local_deploy_knows_what_is_in_the_state_alone(cold: Terraform) -> None:
    """Terraform has to destroy it."""
    folder = cold.folder.parents[2]
    aws = 'provider["registry.terraform.io/hashicorp/aws"]'
    queue = {"mode": "managed", "type": "aws_sqs_queue", "name": "gone", "provider": aws, "instances": []}
    state = {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "resources": [queue]}
    (folder / "terraform.dev.tfstate").write_text(json.dumps(state))
    steps = deploy_steps("dev", PROJECT, folder, cold.variables)
    (described,) = [schema(cold.folder, step.variables) for step in steps if ATTACHED in step.variables]
    assert described["resource_schemas"].keys() >= {"aws_sqs_queue", "aws_vpc"}


def complaint(folder: Path, variables: Mapping[str, str]) -> str:
    """Return what Terraform finds wrong."""
    command = ["terraform", "validate", "-no-color"]
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)  # noqa: S603 - as written
    return done.stderr


def schema(folder: Path, variables: Mapping[str, str]) -> dict[str, Any]:
    """Return what Terraform knows of the AWS provider."""
    command = ["terraform", "providers", "schema", "-json"]
    printed = subprocess.check_output(command, cwd=folder, env=variables)  # noqa: S603 - as written
    schemas = json.loads(printed)["provider_schemas"]
    (found,) = [schemas[name] for name in schemas if name.endswith("/aws")]
    known: dict[str, Any] = found
    return known
