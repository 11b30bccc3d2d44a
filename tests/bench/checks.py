"""How long the checks take: side by side, as `python -m operations verify` makes them, and one after another.

The round trips are made as long as a real one may be, because on this machine none takes any time.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from moto import mock_aws

from environments import load
from local_cloud.descriptions import leave_out_instance_types, read_descriptions_once
from local_cloud.moto_patches import install
from operations.aws.clients import Clients
from operations.ecs_exec.run_command import Outcome
from operations.verification.checks import AUDIT, CHECKS
from operations.verification.deployed import read_deployed
from operations.verification.platform import Platform
from operations.verification.suite import run_check, run_checks
from tests.unit.operations.verification.container import Container
from tests.unit.operations.verification.seeded import ALL_ON, seed

AWS_SECONDS, SESSION_SECONDS = 0.1, 0.5


class FarAway(Clients):
    """Clients whose every call takes a while."""

    def __getattr__(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        client = super().__getattr__(service)
        client.meta.events.register("before-call", lambda **_: time.sleep(AWS_SECONDS), unique_id="far-away")
        return client


def measure(folder: Path) -> tuple[float, float]:
    """Return the seconds of all checks side by side, and one after another."""
    container = Container(folder).install("sh", "cat").write("curl", "exit 7").write("getent", "exit 2")

    def execute(*arguments: Any, **keywords: Any) -> list[Outcome]:  # noqa: ANN401 - handed through
        time.sleep(SESSION_SECONDS)
        return container(*arguments, **keywords)

    environment = load("dev", variables=ALL_ON)
    seed(Clients.of(environment), environment)
    clients = FarAway.of(environment)
    platform = Platform(environment, clients, read_deployed(environment, clients), execute, time.monotonic() + 60)

    started = time.perf_counter()
    for check in (*CHECKS, AUDIT):
        run_check(check, platform)
    in_sequence = time.perf_counter() - started
    started = time.perf_counter()
    run_checks(platform, [*CHECKS, AUDIT], lambda _: None)
    return time.perf_counter() - started, in_sequence


def main() -> None:
    """Print medians, also as multiples of the slowest round trip."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3, help="how often each is run (default: %(default)s)")
    count = parser.parse_args().turns
    os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
    # As in the tests: each turn would read what no check needs.
    os.environ["MOTO_ACCOUNT_ID"] = "123456789012"
    read_descriptions_once()
    leave_out_instance_types()
    # The domain's real site is not asked: nothing listens there.
    os.environ["https_proxy"] = "http://127.0.0.1:1"
    install()
    turns = []
    for _ in range(count + 1):
        with mock_aws(), tempfile.TemporaryDirectory() as folder:
            turns.append(measure(Path(folder)))
    print(f"\n{f'{len(CHECKS)} checks, exec on everywhere':32}{'seconds':>9}{'in slowest round trips':>24}")
    # The first turn fills caches.
    for title, seconds in zip(("side by side", "one after another"), zip(*turns[1:], strict=True), strict=True):
        print(f"{title:32}{median(seconds):9.2f}{median(seconds) / SESSION_SECONDS:24.1f}")
    print(f"(a call of AWS takes {AWS_SECONDS} s, a session inside a container {SESSION_SECONDS} s)")


if __name__ == "__main__":
    main()
