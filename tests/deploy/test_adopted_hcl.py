"""The HCL of the live platform makes what live dev is known to have: the table of the names, row by row."""

import pytest

from tests.deploy.live_platform import LivePlatform
from tests.unit.test_live_names import NAME_ARGUMENTS, Live, table

pytestmark = [
    pytest.mark.parametrize("live", ["as-live"], indirect=True, scope="session"),
    pytest.mark.xdist_group("as-live"),
]
PROVIDER_TAGS = {
    "Project": "davidshaevel",
    "Environment": "dev",
    "ManagedBy": "Terraform",
    "Repository": "davidshaevel-platform",
    "Owner": "David Shaevel",
    "CostCenter": "Engineering",
    "Terraform": "true",
}


def test_the_hcl_has_the_addresses_of_live_dev(live: LivePlatform) -> None:
    assert sorted(live.resources) == sorted(row.hcl_address for row in table())


def test_a_second_plan_of_the_hcl_is_empty(live: LivePlatform) -> None:
    assert live.terraform.plan() == {}


@pytest.mark.parametrize("row", [row for row in table() if row.name], ids=lambda row: row.hcl_address)
def test_a_resource_of_the_hcl_has_the_name_of_live_dev(live: LivePlatform, row: Live) -> None:
    resource = live.resources[row.hcl_address]
    if row.name.endswith("*"):
        assert resource["name_prefix"] == row.name.removesuffix("*")
    else:
        assert row.name in [resource.get(argument) for argument in (*NAME_ARGUMENTS, "bucket")]


@pytest.mark.parametrize("row", table(), ids=lambda row: row.hcl_address)
def test_a_resource_of_the_hcl_has_the_tags_of_live_dev(live: LivePlatform, row: Live) -> None:
    tags = live.resources[row.hcl_address].get("tags_all")
    assert tags in (None, PROVIDER_TAGS | row.tags)
