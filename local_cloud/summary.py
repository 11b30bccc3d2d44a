"""What a deploy has done, and what to do next."""

import json
import shutil
from collections.abc import Mapping
from typing import Any

from environments import Environment
from environments.overrides import variable_of
from local_cloud.progress import Progress
from local_cloud.record import Record

_LISTED_RESOURCES = 20


# Any: outputs are of any JSON type.
def summarize(
    environment: Environment, server: Record, progress: Progress, outputs: Mapping[str, Any], *, seconds: float
) -> str:
    """Write the last words of a deploy that went well."""
    sections = [
        _outputs(outputs),
        _changes(environment.name, progress, seconds),
        _background(server),
        _next_steps(environment, server),
    ]
    return "\n" + "\n\n".join(section for section in sections if section)


def _outputs(outputs: Mapping[str, Any]) -> str:
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in sorted(outputs.items())}
    return "\n".join(["Outputs:", *(f"  {name} = {text}" for name, text in texts.items())]) if texts else ""


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
    return "\n".join(["Try next:", *_toggle(environment), *_look_inside(environment, server)])


def _toggle(environment: Environment) -> list[str]:
    if environment.exec.enabled:
        return ["  make local                           # ECS Exec off again, as the files say"]
    # Of the first that runs all the time.
    name = next(iter(environment.desired_counts), None)
    if name is None:
        return []
    return [f"  {variable_of(environment.name, 'exec', name)}=true make local    # ECS Exec for {name}, in this run"]


def _look_inside(environment: Environment, server: Record) -> list[str]:
    if not shutil.which("aws"):
        return [f"  {server.url}/moto-api/    # in a browser: all that the local AWS holds"]
    return [
        "  AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test \\",
        f"  aws --endpoint-url {server.url} --region {environment.region} \\",
        f"  ecs list-tasks --cluster {environment.prefix}-cluster",
    ]
