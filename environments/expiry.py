"""Toggles whose end has passed: they are off, and their lines are to be removed, so that the file says what holds."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from environments.base import format_value
from environments.environment import Environment
from environments.faults import Fault
from environments.loading import FOLDER
from environments.overrides import overrides_of
from environments.sources import Sources


def write_expired(environments: Iterable[Environment]) -> bool:
    """Write a line per toggle whose end has passed to stderr; return whether there is any."""
    lines = list(expired(environments))
    sys.stderr.writelines(f"{line}\n" for line in lines)
    return bool(lines)


def expired(
    environments: Iterable[Environment], *, folder: Path = FOLDER, variables: Mapping[str, str] = os.environ
) -> Iterator[str]:
    """Return a line per toggle whose end has passed, each with the file or the variable in which it stands."""
    for environment in environments:
        if environment.exec.ended:
            sources = Sources.read(folder / f"{environment.name}.toml")
            error = sources.error(_faults(environment, variables))
            yield from (f"{source}: {fault}" for source, faults in error.lines.items() for fault in faults)


def _faults(environment: Environment, variables: Mapping[str, str]) -> Iterator[Fault]:
    overrides, _ = overrides_of(environment.name, variables)
    for name, toggle in environment.exec.ended.items():
        message = f"ended at {format_value(toggle.until)}, so it is off; remove it"
        variables_of_it = (each.variable for each in overrides if each.path[:2] in {("exec",), ("exec", name)})
        yield Fault(("exec", name), message, next(variables_of_it, None))
