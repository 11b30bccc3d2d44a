"""What a person must know of the environment variables wherever settings are used: which of them override a setting."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path as File

from environments.base import format_value
from environments.faults import dotted
from environments.loading import FOLDER, names
from environments.near_misses import near_misses
from environments.overrides import overrides_of
from environments.schema import Path
from environments.sources import Sources

# What the containers of a service are given: a secret does not belong there, but may be there by mistake.
_NOT_SHOWN = ("environment", "command")


def write_notices(environments: Iterable[str]) -> None:
    """Write the notices on some environments to stderr."""
    sys.stderr.writelines(f"{line}\n" for line in notices(environments))


def notices(
    environments: Iterable[str], *, folder: File = FOLDER, variables: Mapping[str, str] = os.environ
) -> list[str]:
    """Return a line for each variable that overrides a setting of some environments, or nearly does."""
    chosen = list(environments)
    in_force = (line for name in chosen for line in _in_force(folder / f"{name}.toml", variables))
    return [*in_force, *(str(each) for each in near_misses(names(folder), variables) if each.environment in chosen)]


def _in_force(file: File, variables: Mapping[str, str]) -> Iterator[str]:
    sources = Sources.read(file)
    overrides, _ = overrides_of(file.stem, variables)
    for variable, path, value, _ in overrides:
        source, written = sources.find(path)
        yield (
            f"{variable} is in force: {dotted(path)} = {_shown(value, path)} "
            f"({source}: {'not set' if written is None else _shown(written, path)})"
        )


def _shown(value: object, path: Path) -> str:
    match path, value:
        case ("services", _, key, *_), _ if key in _NOT_SHOWN:
            return "(not shown)"
        case _, dict():
            return (
                f"{{{', '.join(f'{dotted((key,))} = {_shown(inner, (*path, key))}' for key, inner in value.items())}}}"
            )
        case _, list():
            return f"[{', '.join(_shown(inner, (*path, at)) for at, inner in enumerate(value))}]"
        case _:
            return format_value(value)
