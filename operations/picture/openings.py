"""Who may talk to whom, by the rules of the security groups."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from operations.picture.document import Document, Resource
from operations.picture.model import INTERNET

_GROUP = "aws_security_group"
_INGRESS = "aws_vpc_security_group_ingress_rule"
_EGRESS = "aws_vpc_security_group_egress_rule"
# The addresses from which CloudFront comes, whoever's distribution it is.
_CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"
_ANYWHERE = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True)
class Opening:
    """Ports on which the members of one group, or a network outside, may reach those of another.

    ``blocked`` are ports that only one of two groups opens: nothing passes.
    """

    source: str
    target: str
    ports: tuple[str, ...]
    blocked: tuple[str, ...]


def openings(document: Document) -> list[Opening]:
    """Return the openings by the addresses of the groups; whoever is none is ``internet``, the CDN or a network."""
    sides: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for rule in document.of(_INGRESS, _EGRESS):
        for pair in _pairs(rule, document):
            sides[pair][_port(rule)].add(rule.kind)
    return [_opening(pair, ports) for pair, ports in sorted(sides.items())]


def _pairs(rule: Resource, document: Document) -> Iterable[tuple[str, str]]:
    owners = [each.address for each in document.named(rule.get("security_group_id"), _GROUP)]
    pairs = [(owner, peer) for owner in owners for peer in _peers(rule, document)]
    return pairs if rule.kind == _EGRESS else [(peer, owner) for owner, peer in pairs]


def _peers(rule: Resource, document: Document) -> list[str]:
    for group in document.named(rule.get("referenced_security_group_id"), _GROUP):
        return [group.address]
    given = [rule.get(key) for key in ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id")]
    peer = str(next(filter(None, given), "unknown"))
    name = document.looked_up(peer).get("name", peer)
    if name == _CLOUDFRONT:
        return [distribution.address for distribution in document.of("aws_cloudfront_distribution")]
    return [INTERNET if peer in _ANYWHERE else name]


def _port(rule: Resource) -> str:
    protocol, first, last = (rule.get(key) for key in ("ip_protocol", "from_port", "to_port"))
    if first is None or protocol == "-1":
        return "all ports" if protocol == "-1" else str(protocol)
    ports = str(first) if first == last else f"{first}-{last}"
    return ports if protocol == "tcp" else f"{ports}/{protocol}"


def _opening(pair: tuple[str, str], ports: dict[str, set[str]]) -> Opening:
    between_groups = all(end.startswith(f"{_GROUP}.") for end in pair)
    blocked = {port for port, sides in ports.items() if between_groups and len(sides) < len((_INGRESS, _EGRESS))}
    return Opening(*pair, ports=_sorted(ports.keys() - blocked), blocked=_sorted(blocked))


def _sorted(ports: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(ports, key=lambda port: (len(port.partition("/")[0]), port)))
