"""What Terraform gets of a provider that runs on, beside what it gets of one that it starts itself."""

import json
from typing import Any

import pytest

from tests.deploy.conftest import Terraform
from tests.deploy.warm_provider import warm_provider
from tests.unit.stack_json import Stack, Synth

KINDS = ("resource_schemas", "data_source_schemas")


@pytest.fixture(scope="module")
def dev(synth: Synth) -> Stack:
    return synth()


@pytest.fixture(scope="module")
def described(
    dev: Stack, provider: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], dict[str, Any]]:
    """How the cold provider describes itself, and how the warm one does."""
    terraform = Terraform(tmp_path_factory.mktemp("described") / "dev", provider)
    terraform.initialize(dev)
    with warm_provider(terraform.folder, provider) as variables:
        return schema(terraform), schema(Terraform(terraform.folder, variables))


def test_the_types_of_this_project_are_described_alike(described: tuple[dict[str, Any], dict[str, Any]]) -> None:
    cold, warm = described
    for kind in KINDS:
        assert warm[kind] == {name: cold[kind][name] for name in warm[kind]}
    assert warm["provider"] == cold["provider"]


def test_dev_has_no_other_types(described: tuple[dict[str, Any], dict[str, Any]], dev: Stack) -> None:
    _, warm = described
    ours = [{name for name in dev.document[block] if name.startswith("aws_")} for block in ("resource", "data")]
    assert [used - warm[kind].keys() for used, kind in zip(ours, KINDS, strict=True)] == [set(), set()]


def test_most_types_are_left_out(described: tuple[dict[str, Any], dict[str, Any]]) -> None:
    cold, warm = described
    assert len(warm["resource_schemas"]) < len(cold["resource_schemas"]) / 10


def schema(terraform: Terraform) -> dict[str, Any]:
    """Return what Terraform knows of the AWS provider."""
    schemas = json.loads(terraform.run("providers", "schema", "-json"))["provider_schemas"]
    (found,) = [schemas[name] for name in schemas if name.endswith("/aws")]
    known: dict[str, Any] = found
    return known
