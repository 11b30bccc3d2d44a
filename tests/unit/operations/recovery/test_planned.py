"""What is read from Terraform's plan."""

from typing import Any

from operations.recovery.planned import Planned, read_creates, replaced


def plan(*actions: str, expressions: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the plan for one route, as far as it is read."""
    route = {"address": "aws_route.nat", "type": "aws_route", "name": "nat"}
    return {
        "resource_changes": [{**route, "change": {"actions": list(actions), "after": {"destination": "0.0.0.0/0"}}}],
        "configuration": {"root_module": {"resources": [{**route, "expressions": expressions or {}}]}},
    }


def test_a_create_has_its_arguments() -> None:
    assert read_creates(plan("create")) == [Planned("aws_route.nat", "aws_route", {"destination": "0.0.0.0/0"}, {})]


def test_a_create_has_the_addresses_that_its_arguments_refer_to() -> None:
    references = ["aws_route_table.private.id", "aws_route_table.private"]
    (create,) = read_creates(plan("create", expressions={"table": {"references": references}}))
    assert create.parents == {"table": "aws_route_table.private"}


def test_references_of_a_nested_block_are_read_too() -> None:
    block = {"namespace_id": {"references": ["aws_x.namespace.id", "aws_x.namespace"]}, "ttl": {"constant_value": 10}}
    (create,) = read_creates(plan("create", expressions={"dns_config": [block]}))
    assert create.parents == {"namespace_id": "aws_x.namespace"}


def test_what_is_changed_kept_or_deleted_is_no_create() -> None:
    for action in ("update", "no-op", "read", "delete"):
        assert read_creates(plan(action)) == []


def test_a_create_in_the_place_of_what_the_state_has_says_so() -> None:
    creates = [read_creates(plan(*actions)) for actions in (["create"], ["create", "delete"], ["delete", "create"])]
    assert [create.replaces for (create,) in creates] == [False, True, True]


def test_a_replacement_of_what_was_found_is_told() -> None:
    for actions in (["delete", "create"], ["create", "delete"], ["delete"]):
        assert replaced(plan(*actions), {"aws_route.nat"}) == ["aws_route.nat"]


def test_only_what_was_found_must_not_be_replaced() -> None:
    assert replaced(plan("update"), {"aws_route.nat"}) == []
    assert replaced(plan("delete", "create"), {"aws_route.other"}) == []
