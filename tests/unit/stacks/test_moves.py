"""Nothing is destroyed because its address is another now: `addresses.txt` has every one that was ever released."""

from pathlib import Path
from typing import Any

import pytest

from environments import names
from stacks.moves import RENAMED, hcl_moves
from tests.unit.stack_json import Stack, Synth
from tests.unit.test_live_names import table

RELEASED = (Path(__file__).parents[1] / "addresses.txt").read_text(encoding="utf-8").splitlines()

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"

# Together they have every resource that an environment can choose.
VARIANTS: tuple[dict[str, str], ...] = (
    {f"DEV__EXEC__{service}": "true" for service in ("BACKEND", "FRONTEND", "PROMETHEUS")},
    {
        "DEV__LOAD_BALANCER__CERTIFICATE_ARN": CERTIFICATE,
        "DEV__LOAD_BALANCER__CLOUDFRONT_ONLY": "true",
        "DEV__ACCESS_LOGS": "true",
        "DEV__DATABASE__REQUIRE_TLS": "true",
        "DEV__DATABASE__IAM_AUTHENTICATION": "true",
        "DEV__ALARMS__EMAIL": "ops@acme.org",
        "DEV__ALARMS__EXEC_SESSIONS": "true",
        "DEV__EXEC__ENCRYPTED": "true",
        "DEV__EXEC__OPERATOR_POLICY": "true",
        "DEV__EXEC__POLICY": "minimal",
        "DEV__DELIVERY__PRINCIPAL": "oidc",
        "DEV__DELIVERY__REPOSITORY": "acme/app",
        "DEV__DELIVERY__BRANCH": "main",
        **{
            f"DEV__SERVICES__{service}__AUTOSCALING": "{min_count = 1, max_count = 3, cpu_percent = 60, "
            "requests_per_target = 9}"
            for service in ("BACKEND", "FRONTEND")
        },
    },
)
# As HCL settings of other environments make them; live dev has none of these.
UNSEEN_IN_DEV = {
    "module.compute.aws_lb_listener.https[0]",
    "module.compute.aws_iam_role_policy_attachment.backend_ecs_exec[0]",
    "module.compute.aws_iam_role_policy_attachment.frontend_ecs_exec[0]",
}


@pytest.fixture
def current(synth: Synth) -> set[str]:
    """Every address that some environment has or may choose."""
    environments = [synth(name) for name in names()]
    return set().union(*(stack.instances for stack in [*environments, *(synth(**each) for each in VARIANTS)]))


@pytest.fixture
def adopting(synth: Synth) -> Stack:
    """Dev while it takes over the HCL's state."""
    return synth(DEV__STATE__ADOPT_HCL="true", **VARIANTS[0])


def moved(stack: Stack) -> dict[str, str]:
    return {each["from"]: each["to"] for each in stack.document.get("moved", [])}


def followed(address: str, moves: dict[str, str]) -> str:
    """Return where an address leads to, from one move to the next."""
    while address in moves:
        address = moves[address]
    return address


@pytest.mark.parametrize("address", RELEASED)
def test_a_released_address_is_still_there_or_has_moved(current: set[str], address: str) -> None:
    assert followed(address, dict(RENAMED)) in current, (
        f"{address} would be destroyed: name its new address in RENAMED of stacks/moves.py"
    )


def test_every_address_is_among_the_released_ones(current: set[str]) -> None:
    assert sorted(current - set(RELEASED)) == [], "add them to tests/unit/addresses.txt, which only grows"


def test_no_address_is_released_twice() -> None:
    assert sorted(set(RELEASED)) == RELEASED


@pytest.mark.parametrize("environment", names())
def test_without_adoption_nothing_moves_but_what_was_renamed(synth: Synth, environment: str) -> None:
    assert moved(synth(environment)) == RENAMED
    assert "removed" not in synth(environment).document


def test_every_resource_of_live_dev_moves_or_is_a_revision(adopting: Stack) -> None:
    moves = moved(adopting)
    expected = {row.hcl_address: row.address for row in table() if "aws_ecs_task_definition" not in row.address}
    assert {address: followed(address, moves) for address in expected} == expected


def test_what_moves_was_in_live_dev_or_comes_of_other_settings(adopting: Stack) -> None:
    assert moved(adopting).keys() - RENAMED.keys() - {row.hcl_address for row in table()} == UNSEEN_IN_DEV


@pytest.mark.parametrize("service", ["backend", "frontend"])
def test_an_exec_attachment_by_count_becomes_one_by_key(adopting: Stack, service: str) -> None:
    older = f"module.compute.aws_iam_role_policy_attachment.{service}_ecs_exec[0]"
    assert followed(older, moved(adopting)) == f'aws_iam_role_policy_attachment.ecs_exec["{service}"]'


def test_what_has_no_place_here_is_forgotten_not_destroyed(adopting: Stack) -> None:
    forgotten: list[dict[str, Any]] = adopting.document["removed"]
    assert [each["lifecycle"] for each in forgotten] == [{"destroy": False}] * 4
    assert {each["from"] for each in forgotten} == {
        "module.compute.aws_ecs_task_definition.backend",
        "module.compute.aws_ecs_task_definition.frontend",
        "module.database.aws_db_parameter_group.main",
        "module.observability.aws_ecs_task_definition.prometheus",
    }


def test_no_two_addresses_move_to_one(adopting: Stack) -> None:
    # Terraform refuses it.
    targets = [each["to"] for each in adopting.document["moved"]]
    assert sorted(targets) == sorted(set(targets))


@pytest.mark.parametrize("zones", [2, 3])
def test_what_the_hcl_has_per_zone_moves_in_every_zone(zones: int) -> None:
    subnets = {move.before: move.after for move in hcl_moves(zones) if "aws_subnet.public[" in move.before}
    assert subnets == {
        f"module.networking.aws_subnet.public[{index}]": f"aws_subnet.network_public_{index + 1}"
        for index in range(zones)
    }
