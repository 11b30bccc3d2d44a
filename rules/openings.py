"""Security groups as openings: who may reach whom on which port."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rules.configuration import Configuration, Resource
from rules.iam import reference

_EVERYONE = {"0.0.0.0/0", "::/0"}
_RULES = {
    "aws_vpc_security_group_ingress_rule": "ingress",
    "aws_vpc_security_group_egress_rule": "egress",
}
_PEERS = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id")
_INLINE_PEERS = ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups")


@dataclass(frozen=True, order=True)
class Opening:
    """Traffic that a security group lets in (ingress) or out (egress)."""

    group: str
    direction: str
    protocol: str
    ports: str
    peer: str
    source: str = field(default="", compare=False)
    """The address of the resource that says so."""

    @property
    def is_public(self) -> bool:
        """Whether everyone on the internet may come in."""
        return self.direction == "ingress" and self.peer in _EVERYONE

    def __str__(self) -> str:
        way = "from" if self.direction == "ingress" else "to"
        everyone = " (everyone)" if self.peer in _EVERYONE else ""
        protocol = "all traffic" if self.protocol in ("-1", "all") else f"{self.protocol} {self.ports}".rstrip()
        return f"{self.group}: {self.direction} {protocol} {way} {self.peer}{everyone}"


def openings(configuration: Configuration) -> frozenset[Opening]:
    """Return every opening of a configuration's security groups."""
    return frozenset(
        replace(opening, source=resource.address)
        for resource in configuration.resources.values()
        for opening in _openings(resource)
    )


def _openings(resource: Resource) -> Iterator[Opening]:
    arguments = resource.arguments
    if arguments.get("publicly_accessible") is True:
        yield Opening(resource.address, "ingress", "a public address", "", "0.0.0.0/0")
    if direction := _RULES.get(resource.type):
        group = reference(str(arguments.get("security_group_id")))
        yield from _each(group, direction, arguments, [arguments[key] for key in _PEERS if arguments.get(key)], "ip_")
    elif resource.type == "aws_security_group_rule":
        group = reference(str(arguments.get("security_group_id")))
        yield from _each(group, str(arguments.get("type")), arguments, _inline_peers(arguments, group))
    elif resource.type in ("aws_security_group", "aws_default_security_group"):
        for direction in ("ingress", "egress"):
            blocks = arguments.get(direction) or []
            for block in blocks if isinstance(blocks, list) else [blocks]:
                yield from _each(resource.address, direction, block, _inline_peers(block, resource.address))


def _inline_peers(arguments: Mapping[str, Any], group: str) -> list[str]:
    peers = [peer for key in _INLINE_PEERS for peer in arguments.get(key) or []]
    peers += [arguments["source_security_group_id"]] if arguments.get("source_security_group_id") else []
    return [*peers, group] if arguments.get("self") else peers


def _each(
    group: str, direction: str, arguments: Mapping[str, Any], peers: list[str], prefix: str = ""
) -> Iterator[Opening]:
    first, last = arguments.get("from_port"), arguments.get("to_port")
    ports = str(first) if first == last else f"{first}-{last}"
    for peer in peers:
        yield Opening(group, direction, str(arguments.get(f"{prefix}protocol")), ports, reference(str(peer)))
