"""The services of an environment: what one may be called and be, and what they must not do to each other."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, Discriminator, Tag

from environments.application import ApplicationSettings
from environments.base import FaultBelow, format_value, join_choices, nearest
from environments.load_balancing import MOST_PATHS, repeated
from environments.prometheus import PrometheusSettings
from environments.words import Word

DATABASE = "database"
"""What a service can connect to that is not a service."""

# Each already is an address, a security group or a key of [exec].
RESERVED = (
    *("network", "database", "registry", "cluster", "cdn", "delivery", "state", "aws"),
    *("alb", "lb", "http", "https", "efs", "internet", "exec", "policy", "encrypted", "environment", "region", "task"),
)


def _not_reserved(name: str) -> str:
    if name in RESERVED:
        raise ValueError("this name is the platform's own; choose another")
    return name


ServiceName = Annotated[Word, AfterValidator(_not_reserved)]


def _kind(value: object) -> str:
    # What is no table is reported as that, by either kind.
    return str(value.get("kind", "application")) if isinstance(value, dict) else getattr(value, "kind", "application")


ServiceSettings = Annotated[
    Annotated[ApplicationSettings, Tag("application")] | Annotated[PrometheusSettings, Tag("prometheus")],
    Discriminator(_kind),
]


def faults_between(services: Mapping[str, ServiceSettings]) -> Iterator[FaultBelow]:
    """Return what is wrong with services together, although each is right."""
    for name, service in services.items():
        for position, other in enumerate(service.connects_to):
            for message in _connection_faults(name, other, services):
                yield FaultBelow((name, "connects_to", position), message)
        for other in repeated(service.connects_to):
            yield FaultBelow((name, "connects_to"), f"{format_value(other)} is there twice; name it once")
    yield from _default_route_faults(public(services))
    yield from _priority_faults(public(services))


def crowded_rules(services: Mapping[str, ServiceSettings]) -> Iterator[FaultBelow]:
    """Return the routes whose rules have no room for the header of the CDN, a value as each path is."""
    for name, service in public(services).items():
        for route, settings in service.routes.items():
            if len(settings.paths) == MOST_PATHS:
                message = (
                    f"{MOST_PATHS} given; with load_balancer.cloudfront_only give 1 to {MOST_PATHS - 1}, "
                    "and make another route for more"
                )
                yield FaultBelow((name, "routes", route, "paths"), message)


def _connection_faults(name: str, other: str, services: Mapping[str, ServiceSettings]) -> Iterator[str]:
    if other == DATABASE:
        return
    if other not in services:
        known = [each for each, service in services.items() if service.port and each != name]
        yield f"{format_value(other)} is no service; {nearest(other, [*known, DATABASE])}"
    elif other == name:
        yield f"{other} is this service itself; remove it"
    elif services[other].port is None:
        yield f"{other} has no port to connect to; give it one, or remove it here"


def public(services: Mapping[str, ServiceSettings]) -> dict[str, ApplicationSettings]:
    """Return the services that users reach through the load balancer."""
    return {name: each for name, each in services.items() if isinstance(each, ApplicationSettings) and each.is_public}


def _default_route_faults(services: Mapping[str, ApplicationSettings]) -> Iterator[FaultBelow]:
    default = [name for name, service in services.items() if service.default_route]
    if services and not default:
        message = f"no default_route, for what fits no route; add default_route = true to {join_choices(services)}"
        yield FaultBelow((), message)
    for name in default[1:]:
        yield FaultBelow((name, "default_route"), f"true in {default[0]} too; choose one of the two")


def _priority_faults(services: Mapping[str, ApplicationSettings]) -> Iterator[FaultBelow]:
    owners: dict[int, str] = {}
    for name, service in services.items():
        for route, settings in service.routes.items():
            place = f"services.{name}.routes.{route}"
            owner = owners.setdefault(settings.priority, place)
            if owner != place:
                message = f"{settings.priority} is that of {owner} too; choose another"
                yield FaultBelow((name, "routes", route, "priority"), message)
