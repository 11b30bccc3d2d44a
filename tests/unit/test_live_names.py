"""Live dev keeps its names and tags: live_names.tsv has each resource's address in the HCL and here.

A name ending in `*` is a prefix, to which AWS's provider adds an ending of its own.
"""

import csv
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from environments import names
from tests.unit.stack_json import Stack, Synth

ALL_ON = {f"DEV__EXEC__{service}": "true" for service in ("BACKEND", "FRONTEND", "PROMETHEUS")}

# Where a resource has its name; a bucket's own settings have the bucket's there, which is none of theirs.
NAME_ARGUMENTS = ("name", "identifier", "alarm_name", "family", "key")

# What the HCL never had.
NEW = {
    "aws_cloudwatch_log_group.exec_sessions",
    "aws_iam_role_policy.ecs_exec_session_log",
    "aws_vpc_security_group_egress_rule.security_groups_backend_to_prometheus",
    "aws_vpc_security_group_ingress_rule.security_groups_backend_from_prometheus",
    "aws_vpc_security_group_ingress_rule.security_groups_frontend_from_prometheus",
    "aws_vpc_security_group_ingress_rule.security_groups_prometheus_from_backend",
}


class Live(NamedTuple):
    """A row of the table."""

    hcl_address: str
    address: str
    name: str
    name_tag: str
    other_tags: str

    @property
    def tags(self) -> dict[str, str]:
        tags: dict[str, str] = {"Name": self.name_tag} if self.name_tag else {}
        key = ""
        for word in self.other_tags.split(" "):
            # A value may have spaces in it: a word without "=" belongs to the value before.
            key, value = word.split("=") if "=" in word else (key, f"{tags.get(key, '')} {word}")
            tags[key] = value
        tags.pop("", None)
        return tags


def table() -> list[Live]:
    with Path(__file__).with_name("live_names.tsv").open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    return [Live(*row, *[""] * (len(Live._fields) - len(row))) for row in rows]


def instance(stack: Stack, address: str) -> dict[str, Any]:
    """Return a resource, or the instance of its `for_each` that the key in brackets names."""
    base, _, key = address.partition("[")
    resource = stack[base]
    if not key:
        return resource
    key = key.strip('"]')
    assert key in resource["for_each"]
    filled: dict[str, Any] = _filled(resource, {"${each.key}": key, "${each.value}": resource["for_each"][key]})
    return filled


def _filled(value: Any, words: dict[str, str]) -> Any:  # noqa: ANN401
    match value:
        case str():
            for word, text in words.items():
                value = value.replace(word, text)
            return value
        case dict():
            return {key: _filled(inner, words) for key, inner in value.items()}
        case _:
            return value


@pytest.fixture
def live(synth: Synth) -> Stack:
    """Dev as it runs: with ECS Exec on for every service."""
    return synth(**ALL_ON)


@pytest.mark.parametrize("row", [row for row in table() if row.name], ids=lambda row: row.address)
def test_a_resource_has_the_name_it_has_in_live_dev(live: Stack, row: Live) -> None:
    resource = instance(live, row.address)
    if row.name.endswith("*"):
        assert resource["name_prefix"] == row.name.removesuffix("*")
    else:
        names = (*NAME_ARGUMENTS, "bucket") if row.address.startswith("aws_s3_bucket.") else NAME_ARGUMENTS
        assert [resource[argument] for argument in names if argument in resource] == [row.name]


@pytest.mark.parametrize("row", table(), ids=lambda row: row.address)
def test_a_resource_has_the_tags_it_has_in_live_dev(live: Stack, row: Live) -> None:
    tags = instance(live, row.address).get("tags", {})
    # The table repeats, for the S3 object, a tag that the provider gives to all.
    assert live.default_tags | tags == live.default_tags | row.tags


def test_every_resource_is_in_the_table_or_new(live: Stack) -> None:
    assert live.addresses == {row.address.partition("[")[0] for row in table()} | NEW


def test_no_two_live_resources_have_one_address_here() -> None:
    addresses = [row.address for row in table()]
    assert sorted(addresses) == sorted(set(addresses))


@pytest.mark.parametrize("row", table(), ids=lambda row: row.address)
def test_a_resource_keeps_its_type(row: Live) -> None:
    assert f"{row.address.split('.')[0]}." in row.hcl_address


@pytest.mark.parametrize("environment", names())
def test_the_provider_gives_every_resource_the_platforms_tags(synth: Synth, environment: str) -> None:
    assert synth(environment).default_tags == {
        "Project": "davidshaevel",
        "Environment": environment,
        "ManagedBy": "Terraform",
        "Repository": "davidshaevel-platform",
    }


def test_an_environment_adds_its_own_tags_to_every_resource(synth: Synth) -> None:
    stack = synth(DEV__TAGS__CostCenter="42")
    assert stack.default_tags["CostCenter"] == "42"
    assert [address for address in stack.addresses if "override_provider" in stack[address]] == []


def test_new_rules_are_named_like_the_old_ones(dev: Stack) -> None:
    rule = dev["aws_vpc_security_group_ingress_rule.security_groups_backend_from_prometheus"]
    assert rule["tags"] == {"Name": "dev-davidshaevel-backend-from-prometheus-ingress"}
