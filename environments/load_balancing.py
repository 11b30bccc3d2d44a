"""How the load balancer reaches a service: the routes to it, and how it asks for its health."""

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from environments.base import Settings, WholeNumber, between, format_value, matching, raise_all

UrlPath = Annotated[
    str,
    matching(r"/[!-~]{0,1023}", "a path", "start it with /, without spaces, up to 1024 characters"),
    # A URL has only encoded braces, and Terraform would read ${…} as an expression.
    matching(r"[^{}]*", "a path of a URL", "write { as %7B and } as %7D"),
]

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#path-conditions
PathPattern = Annotated[
    str,
    matching(
        r"/[A-Za-z0-9_.$/~\"'@:+&*?-]{0,127}",
        "a pattern of paths",
        "start it with /, then up to 127 letters, digits and _ - . $ / ~ \" ' @ : + & * ?",
    ),
]

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
MOST_PATHS = 5
LOWEST_PRIORITY = 50000
"""The default route's, if it is a rule."""


class RouteSettings(Settings):
    """Paths that lead to a service; the route of the lowest `priority` that fits a request has it.

    Priorities are unique on a load balancer. Both change in place.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
    """

    paths: tuple[PathPattern, ...] = Field(examples=[["/api/*"]])
    priority: Annotated[WholeNumber, between(1, LOWEST_PRIORITY - 1, "a priority of a route")] = Field(examples=[100])

    @field_validator("paths")
    @classmethod
    def _as_many_as_a_rule_takes(cls, paths: tuple[str, ...]) -> tuple[str, ...]:
        if not 1 <= len(paths) <= MOST_PATHS:
            raise ValueError(f"{len(paths)} given; give 1 to {MOST_PATHS}, and make another route for more")
        raise_all(*(f"{format_value(path)} is there twice; name each path once" for path in repeated(paths)))
        return paths


class HealthCheckSettings(Settings):
    """How the load balancer asks a service for its health; the interval and the timeout are in seconds.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    """

    path: UrlPath = "/health"
    interval_seconds: Annotated[WholeNumber, between(5, 300, "an interval in seconds")] = 30
    timeout_seconds: Annotated[WholeNumber, between(2, 120, "a timeout in seconds")] = 5

    @field_validator("timeout_seconds")
    @classmethod
    def _below_the_interval(cls, timeout: int, info: ValidationInfo) -> int:
        interval = info.data.get("interval_seconds", timeout + 1)
        if timeout >= interval:
            raise ValueError(f"{timeout} is not below interval_seconds, {interval}; choose {interval - 1} or less")
        return timeout


def repeated(values: tuple[str, ...]) -> list[str]:
    """Return the values that are there more than once."""
    return [value for value in dict.fromkeys(values) if values.count(value) > 1]
