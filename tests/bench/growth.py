"""Synthesizes an environment with as many services as asked for, from its settings, and prints the seconds they took.

A quarter of them are public, a quarter internal, a quarter workers, a quarter jobs.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from stacks.boot import boot

boot()

from constructs.bindings import App  # noqa: E402 - boot() comes before cdktf

from environments import load  # noqa: E402
from stacks.platform import PlatformStack  # noqa: E402
from tests.unit.kinds import write  # noqa: E402

Table = dict[str, Any]


def services(count: int) -> dict[str, Table]:
    """Return so many tables of services; the first is the default route, if another is public."""
    return {f"s{number}": table(number) for number in range(count)}


def table(number: int) -> Table:
    """Return the table of one service, of the kinds in turn."""
    kinds: tuple[Table, ...] = (
        {"port": 80, "metrics_path": "/m", "routes": {"a": {"paths": [f"/s{number}/*"], "priority": number + 1}}},
        {"port": 80, "connects_to": ["database"]},
        {"environment": {"APP_ENV": "{environment}"}},
        {"schedule": "rate(1 day)"},
    )
    default = {"default_route": True} if number == 0 else {}
    return {"image": "app:1", **kinds[number % len(kinds)], **default}


def seconds(count: int) -> float:
    """Return how long settings and synthesis of so many services take."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), services(count))
        app = App()
        started = time.perf_counter()
        PlatformStack(app, load("dev", folder=Path(folder), variables={}))
        app.synth()
        return time.perf_counter() - started


if __name__ == "__main__":
    seconds(0)  # loads the modules of Node that the first synthesis needs
    sys.stdout.write(f"{seconds(int(sys.argv[1])) - seconds(0)}\n")
