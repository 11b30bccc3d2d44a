"""The tiers of a network, and in which of them something is."""

from ipaddress import ip_network

from operations.picture.document import Document, Resource
from operations.picture.model import Tier
from operations.text import many

_SUBNET = "aws_subnet"


def tiers(document: Document) -> list[Tier]:
    """Return the tiers, the public ones first."""
    subnets = sorted(document.of(_SUBNET), key=_order)
    names = dict.fromkeys(_tier(subnet) for subnet in subnets)
    return [_of(name, [each for each in subnets if _tier(each) == name], document) for name in names]


def tier_of(resource: Resource, document: Document) -> str | None:
    """Return the tier in whose subnets a resource is; None if it is outside the network."""
    subnets = document.named(resource.arguments, _SUBNET)
    groups = (document.resources[each] for each in sorted(resource.references & document.resources.keys()))
    for group in groups:
        if group.kind.endswith("_subnet_group"):
            subnets += document.named(group.arguments, _SUBNET)
    return next((_tier(each) for each in sorted(subnets, key=_order)), None)


def _of(name: str, subnets: list[Resource], document: Document) -> Tier:
    addresses = tuple(f"{each.get('cidr_block')} {each.get('availability_zone')}" for each in subnets)
    return Tier(name, addresses, _way_out(subnets, document))


def _order(subnet: Resource) -> tuple[bool, int]:
    return not subnet.get("map_public_ip_on_launch"), int(ip_network(subnet.get("cidr_block")).network_address)


def _tier(subnet: Resource) -> str:
    return subnet.tags.get("Tier") or ("public" if subnet.get("map_public_ip_on_launch") else "private")


def _way_out(subnets: list[Resource], document: Document) -> str:
    """Return how the internet is reached from subnets."""
    wanted = {each.address for each in subnets}
    tables = {
        table.address
        for association in document.of("aws_route_table_association")
        if association.references & wanted
        for table in document.named(association.get("route_table_id"), "aws_route_table")
    }
    routes = [route for route in document.of("aws_route") if route.references & tables]
    nats = {nat.address for route in routes for nat in document.named(route.get("nat_gateway_id"), "aws_nat_gateway")}
    if nats:
        return f"out through {many(len(nats), 'NAT gateway')}"
    return "out through the internet gateway" if any(route.get("gateway_id") for route in routes) else "no way out"
