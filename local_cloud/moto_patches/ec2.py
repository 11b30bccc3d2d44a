"""EC2: the description of a security group rule that references another group, and what a NAT gateway leaves."""

from collections.abc import Callable
from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.models.security_groups import SecurityGroupRule

from local_cloud.moto_patches.override import override


def install() -> None:
    """Close the gaps of EC2."""
    SecurityGroupRule.description = property(_description)  # type: ignore[method-assign, assignment]
    override(EC2Backend, "delete_nat_gateway", _delete_with_interface)


def _description(rule: Any) -> str | None:  # noqa: ANN401 - moto's rule, whose property this is
    """Look in the group reference too: moto keeps the description there and answers only that of an address range."""
    description: str | None = rule.ip_range.get("Description") or rule.source_group.get("Description")
    return description


def _delete_with_interface(original: Callable[..., NatGateway], backend: EC2Backend, nat_gateway_id: str) -> NatGateway:
    """Delete the gateway's network interface too, which moto leaves in the subnet."""
    gateway = original(backend, nat_gateway_id)
    for address in gateway.nat_gateway_addresses:
        backend.enis.pop(address["networkInterfaceId"], None)
    return gateway
