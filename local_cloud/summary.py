"""What a deploy has done, and what to do next."""

from collections.abc import Mapping
from typing import Any

from environments import Environment
from environments.overrides import variable_of
from local_cloud.outputs import format_outputs
from local_cloud.progress import Progress
from local_cloud.record import Record

_LISTED_RESOURCES = 20


# Any: outputs are of any JSON type.
def summarize(
    environment: Environment, server: Record, progress: Progress, changed: Mapping[str, Any], *, seconds: float
) -> str:
    """Write the last words of a deploy that went well; ``changed`` are the outputs that are not as before."""
    sections = [
        _outputs(environment, changed),
        _background(server),
        _next_steps(environment, server),
        # Last, where it is still in sight.
        _changes(environment.name, progress, seconds),
    ]
    return "\n" + "\n\n".join(section for section in sections if section)


def _outputs(environment: Environment, changed: Mapping[str, Any]) -> str:
    if not changed:
        return ""
    command = _make("local-outputs", environment)
    return f"Outputs that are new or changed (`{command}` lists all):\n{format_outputs(changed)}"


def _changes(name: str, progress: Progress, seconds: float) -> str:
    if not any(progress.counts or ()):
        return f"Nothing changed: the local AWS already is as {name} wants it ({seconds:.0f} s)."
    added, changed, destroyed = progress.counts or (0, 0, 0)
    lines = [f"Deployed {name} in {seconds:.0f} s: {added} added, {changed} changed, {destroyed} destroyed."]
    if len(progress.planned) <= _LISTED_RESOURCES:
        lines += [f"  {sign:3} {address}" for address, sign in sorted(progress.planned.items())]
    return "\n".join(lines)


def _background(server: Record) -> str:
    return f"The local AWS runs on in the background: {server.url}\n`make local-down` ends it and forgets all it holds."


def _next_steps(environment: Environment, server: Record) -> str:
    name = "" if environment.name == "dev" else f" {environment.name}"
    shell = f'  eval "$(.venv/bin/python -m local_cloud env{name})"    # use it as AWS, in this shell'
    browser = f"  {server.url}/moto-api/    # in a browser: all that it holds"
    return "\n".join(["Try next:", *_toggle(environment), shell, browser])


def _toggle(environment: Environment) -> list[str]:
    command = _make("local", environment)
    if environment.exec.enabled:
        return [f"  {command}    # ECS Exec off again, as the files say"]
    # Of the first that runs all the time.
    name = next(iter(environment.desired_counts), None)
    if name is None or environment.protected:
        return []
    return [f"  {variable_of(environment.name, 'exec', name)}=true {command}    # ECS Exec for {name}, in this run"]


def _make(target: str, environment: Environment) -> str:
    """Write a command for the environment; dev is what make takes if it is given none."""
    return f"make {target}" if environment.name == "dev" else f"make {target} ENV={environment.name}"
