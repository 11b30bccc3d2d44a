"""The tags of what belongs to one service."""

from environments import Environment

# As the live platform is tagged: its monitoring has no Application tag but on the log group.
_MODULES = {"application": "compute", "prometheus": "observability"}


def service_tags(environment: Environment, service: str, what: str) -> dict[str, str]:
    """Return the tags of one of a service's resources; `what` ends its Name."""
    kind = environment.services[service].kind
    tags = {"Name": f"{environment.prefix}-{service}-{what}", "Module": _MODULES[kind]}
    return tags | {"Application": service} if kind == "application" else tags
