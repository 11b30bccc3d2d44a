"""Rules about who can reach what."""

from collections.abc import Iterator

from rules.iam import reference
from rules.openings import openings
from rules.rule import Breach, Rule, Stack

_GROUPS = ("security_groups", "vpc_security_group_ids", "security_group_ids")
_LOAD_BALANCER = "aws_lb"


def _public_ingress(stack: Stack) -> Iterator[Breach]:
    members = _members(stack)
    for opening in openings(stack.configuration):
        of_load_balancers = members.get(opening.group, set()) == {_LOAD_BALANCER}
        if opening.is_public and not of_load_balancers:
            yield Breach(opening.source, str(opening))


def _members(stack: Stack) -> dict[str, set[str]]:
    """Return the types of the resources that have each security group."""
    members: dict[str, set[str]] = {}
    for resource in stack.configuration.resources.values():
        network = resource.arguments.get("network_configuration") or {}
        for block in (resource.arguments, *(network if isinstance(network, list) else [network])):
            for group in (group for key in _GROUPS for group in block.get(key) or []):
                members.setdefault(reference(str(group)), set()).add(resource.type)
    return members


RULES = (
    Rule(
        "public-ingress",
        "Only the load balancer is for everyone; what else is open to the internet is found within minutes.",
        "let in a security group or a range of addresses instead, and keep the load balancer's group for it alone",
        _public_ingress,
    ),
)
