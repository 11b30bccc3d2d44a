"""EC2: the description of a security group rule that references another group."""

from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule


def install() -> None:
    """Close the gap of EC2."""
    SecurityGroupRule.description = property(_description)  # type: ignore[method-assign, assignment]


def _description(rule: Any) -> str | None:  # noqa: ANN401 - moto's rule, whose property this is
    """Look in the group reference too: moto keeps the description there and answers only that of an address range."""
    description: str | None = rule.ip_range.get("Description") or rule.source_group.get("Description")
    return description
