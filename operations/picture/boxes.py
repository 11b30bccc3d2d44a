"""What runs or keeps data in an environment, and where."""

from collections.abc import Iterator

from operations.picture.document import Document, Resource
from operations.picture.facts import FACTS
from operations.picture.model import INTERNET, Box, Look
from operations.picture.openings import Opening
from operations.picture.tiers import tier_of

_GROUP = "aws_security_group"
_KINDS = {
    "aws_cloudfront_distribution": ("CloudFront distribution", Look.ENTRY),
    "aws_db_instance": ("RDS database", Look.STORAGE),
    "aws_ecs_service": ("ECS service", Look.COMPUTE),
    "aws_efs_file_system": ("EFS file system", Look.STORAGE),
    "aws_lb": ("ALB", Look.ENTRY),
    "aws_s3_bucket": ("S3 bucket", Look.STORAGE),
    "aws_scheduler_schedule": ("scheduled ECS task", Look.COMPUTE),
    _GROUP: ("security group of nothing", Look.OUTSIDE),
}
_OUTSIDE = ("aws_cloudfront_distribution", "aws_s3_bucket")
# What only gives an address in the network to another resource: that one is drawn.
_SHOWN_AS = {"aws_efs_mount_target": "aws_efs_file_system"}


class Members:
    """The resources in each security group, by the group's address."""

    def __init__(self, document: Document) -> None:
        self._document = document
        groups = {each.address for each in document.of(_GROUP)}
        users = [each for each in document.resources.values() if not each.kind.startswith((_GROUP, "aws_vpc_security"))]
        self._users = {group: [each for each in users if group in each.references] for group in sorted(groups)}

    def __getitem__(self, end: str) -> list[str]:
        """Return the addresses of what is drawn at one end of an opening; an end that is no group is drawn itself."""
        users = self._users.get(end, [])
        return sorted({shown.address for user in users for shown in self._shown(user)}) or [end]

    def places(self) -> dict[str, Resource]:
        """Return what is in a group, by the address of what is drawn, with the resource that is in the network."""
        users = [user for users in self._users.values() for user in users]
        empty = [self._document.resources[group] for group, users in self._users.items() if not users]
        return {shown.address: user for user in [*users, *empty] for shown in self._shown(user)}

    def _shown(self, user: Resource) -> list[Resource]:
        kind = _SHOWN_AS.get(user.kind)
        return self._document.named(user.arguments, kind) if kind else [user]


def boxes(document: Document, members: Members, found: list[Opening]) -> list[Box]:
    """Return everything that is drawn as a box, and the networks outside that may be talked to."""
    outside = [_box(each, None, document, ()) for each in document.of(*_OUTSIDE)]
    inside = [
        _box(document.resources[address], place, document, _to_internet(address, members, found))
        for address, place in sorted(members.places().items())
    ]
    return [*_networks(found), *outside, *inside]


def _networks(found: list[Opening]) -> Iterator[Box]:
    ends = {opening.source for opening in found} | {each.target for each in found if each.target != INTERNET}
    for end in sorted(end for end in ends if not end.startswith("aws_")):
        yield Box(end, "Internet" if end == INTERNET else end, "" if end == INTERNET else "network", Look.OUTSIDE)


def _box(resource: Resource, place: Resource | None, document: Document, facts: tuple[str, ...]) -> Box:
    kind, look = _KINDS.get(resource.kind, (resource.kind.removeprefix("aws_").replace("_", " "), Look.OUTSIDE))
    told = FACTS[resource.kind](resource, document) if resource.kind in FACTS else []
    switches = resource.find("enable_execute_command")
    return Box(
        id=resource.address,
        title=resource.name.replace("_", " "),
        kind=kind,
        look=look,
        facts=(*told, *facts),
        tier=tier_of(place, document) if place else None,
        exec_on=any(switches) if switches else None,
    )


def _to_internet(address: str, members: Members, found: list[Opening]) -> tuple[str, ...]:
    """Return a fact instead of an arrow: nearly everything may call the internet, and arrows would hide the others."""
    ports = [
        port
        for opening in found
        if opening.target == INTERNET and address in members[opening.source]
        for port in opening.ports
    ]
    return (f"may call the internet: {', '.join(ports)}",) if ports else ()
