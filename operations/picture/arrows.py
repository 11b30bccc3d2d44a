"""Who opens connections to whom: openings of the network, routes of load balancers, and what is used over AWS's API."""

from collections import defaultdict
from collections.abc import Iterator

from operations.picture.boxes import Members
from operations.picture.document import Document, Resource
from operations.picture.model import INTERNET, Arrow, Line
from operations.picture.openings import Opening

_RUNNERS = ("aws_ecs_service", "aws_scheduler_schedule")
_TARGET_GROUP = "aws_lb_target_group"
_OTHERS = "other paths"


def arrows(document: Document, members: Members, found: list[Opening]) -> list[Arrow]:
    """Return the arrows of a picture."""
    # An origin whose group lets CloudFront in would come twice.
    return list(dict.fromkeys([*_between(document, members, found), *_origins(document), *_uses(document)]))


def joined(found: list[Arrow], titles: dict[str, str]) -> list[Arrow]:
    """Return arrows in a fixed order, with one in place of two that would lie upon each other."""
    ways = {(each.source, each.target): each for each in found if each.line is Line.ALLOWED}
    pairs = {pair: way for pair, way in ways.items() if pair[::-1] in ways}
    alone = [each for each in found if (each.source, each.target) not in pairs or each.line is not Line.ALLOWED]
    both = [_both(way, pairs[pair[::-1]], titles) for pair, way in pairs.items() if pair < pair[::-1]]
    return sorted([*alone, *both], key=lambda arrow: (arrow.source, arrow.target, arrow.label))


def _both(there: Arrow, back: Arrow, titles: dict[str, str]) -> Arrow:
    label = "\n".join(f"{each.label} to {titles[each.target]}" for each in (there, back))
    return Arrow(there.source, there.target, label, both_ways=True)


def _between(document: Document, members: Members, found: list[Opening]) -> Iterator[Arrow]:
    routes = _routes(document)
    for opening in found:
        if opening.target == INTERNET:
            continue
        for source, target in ((a, b) for a in members[opening.source] for b in members[opening.target]):
            paths = routes.pop((source, target), [])
            if opening.ports:
                yield Arrow(source, target, "\n".join([", ".join(opening.ports), *paths]))
            if opening.blocked:
                yield Arrow(source, target, f"{', '.join(opening.blocked)} opened on one side only", Line.BLOCKED)
    for (source, target), paths in routes.items():
        yield Arrow(source, target, "\n".join([*paths, "no security group lets it through"]), Line.BLOCKED)


def _routes(document: Document) -> dict[tuple[str, str], list[str]]:
    """Return the paths that a load balancer sends to a service."""
    routes: dict[tuple[str, str], set[str]] = defaultdict(set)
    for listener in document.of("aws_lb_listener"):
        for paths, action in [(_OTHERS, listener.get("default_action")), *_rules(listener, document)]:
            for pair in _ends(listener, action, document):
                routes[pair].add(paths)
    return {pair: sorted(paths) for pair, paths in sorted(routes.items())}


def _rules(listener: Resource, document: Document) -> Iterator[tuple[str, object]]:
    for rule in document.of("aws_lb_listener_rule"):
        if listener.address in rule.references:
            paths = [path for condition in rule.find("path_pattern") for path in condition["values"]]
            yield ", ".join(paths) or _OTHERS, rule.get("action")


def _ends(listener: Resource, action: object, document: Document) -> Iterator[tuple[str, str]]:
    for target_group in document.named(action, _TARGET_GROUP):
        for service in document.of(*_RUNNERS):
            for load_balancer in document.named(listener.get("load_balancer_arn"), "aws_lb"):
                if target_group.address in service.references:
                    yield load_balancer.address, service.address


def _origins(document: Document) -> Iterator[Arrow]:
    for distribution in document.of("aws_cloudfront_distribution"):
        yield Arrow(INTERNET, distribution.address, "80, 443")
        for origin in distribution.get("origin") or []:
            named = [*document.named(origin, "aws_lb"), *document.named(origin, "aws_s3_bucket")]
            yield from (Arrow(distribution.address, each.address, _origin_port(origin)) for each in named)


def _origin_port(origin: dict[str, object]) -> str:
    match origin.get("custom_origin_config"):
        case {"origin_protocol_policy": "http-only", "http_port": port} | {"https_port": port}:
            return str(port)
        case _:
            return "443"


def _uses(document: Document) -> Iterator[Arrow]:
    for runner in document.of(*_RUNNERS):
        for task in document.named(runner.arguments, "aws_ecs_task_definition"):
            for bucket in document.named(task.arguments, "aws_s3_bucket"):
                yield Arrow(runner.address, bucket.address, "", Line.USES)
    for writer in document.of("aws_lb", "aws_cloudfront_distribution"):
        for bucket in document.named([writer.get("access_logs"), writer.get("logging_config")], "aws_s3_bucket"):
            yield Arrow(writer.address, bucket.address, "", Line.USES)
