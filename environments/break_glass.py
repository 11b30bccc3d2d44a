"""Break-glass: one variable opens ECS Exec of one service for a while, without a commit, in protected environments too.

`PROD__BREAK_GLASS='{ backend = { reason = "incident 4711", until = 2026-12-01T18:00:00Z } }'`, which
`python -m operations break-glass` sets for one deploy. It does nothing else, and the next deploy without it closes it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from environments.base import format_value
from environments.environment import Environment
from environments.exec_access import TimedToggle
from environments.faults import Fault
from environments.overrides import BREAK_GLASS, Override, variable_of

LONGEST = timedelta(hours=24)


def break_glass_variable(environment: str, service: str, toggle: TimedToggle) -> dict[str, str]:
    """Return the variable that opens a service."""
    # Neither a service's name nor a reason has a character that TOML would need escaped.
    value = f'{{ {service} = {{ reason = "{toggle.reason}", until = {format_value(toggle.until)} }} }}'
    return {variable_of(environment, BREAK_GLASS): value}


def open_for_too_long(environment: Environment, overrides: Iterable[Override], now: datetime) -> Iterator[Fault]:
    """Return a fault if the end is further away than break-glass is for."""
    for override in overrides:
        toggle = environment.exec.timed.get(str(override.path[-1]))
        if override.is_break_glass and toggle and toggle.until - now > LONGEST:
            hours = LONGEST // timedelta(hours=1)
            message = f"{format_value(toggle.until)} is more than {hours} hours away; choose an earlier end"
            yield Fault((*override.path, "until"), message, override.variable)
