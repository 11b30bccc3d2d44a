"""How fast a deployed environment is verified, side by side and in sequence: `python tests/bench/verification.py`.

Every AWS call and every session takes as long as it would over a network. In sequence, the same calls are made one at
a time.
"""

import os
import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from statistics import median
from threading import Lock
from typing import Any

sys.path.insert(0, os.curdir)
os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}

import boto3
from moto import mock_aws

from local_cloud.extension import install
from tests.unit.verification.seeded import seed
from verification.aws import Clients
from verification.checks import CHECKS
from verification.deployed import read_deployed
from verification.exec_command import Outcome
from verification.platform import Platform
from verification.suite import run_checks

CALL_SECONDS = 0.1
SESSION_SECONDS = 1.0
TURNS = 5


@dataclass
class Network:
    """Makes calls take their time; in sequence, one waits for the other."""

    in_sequence: bool
    calls: int = 0
    lock: Any = field(init=False)

    def __post_init__(self) -> None:
        self.lock = Lock() if self.in_sequence else nullcontext()

    def call(self, **_event: object) -> None:
        """Be one AWS call."""
        self.calls += 1
        with self.lock:
            time.sleep(CALL_SECONDS)

    def session(self, *_clients: object, container: str, **_request: object) -> list[Outcome]:
        """Be one session in a container."""
        with self.lock:
            time.sleep(SESSION_SECONDS)
        return [Outcome("task", container, 0, "")]


def verify(network: Network) -> float:
    """Verify dev over a network; return the seconds that it took."""
    with mock_aws():
        session = boto3.Session(region_name="us-east-1")
        clients = Clients(session)
        dev = seed(clients)
        for made in ("ecs", "ec2", "iam", "logs", "servicediscovery"):
            getattr(clients, made).meta.events.register("before-call", network.call)
        started = time.perf_counter()
        deployed = read_deployed(dev.environment, clients)
        platform = Platform(dev.environment, clients, deployed, network.session, time.monotonic() + 120)
        run_checks(platform, CHECKS, lambda _: None)
        return time.perf_counter() - started


def main() -> None:
    """Print the medians of both ways, and how they compare with the slowest single round trip."""
    install()
    verify(Network(in_sequence=False))
    print(f"a call takes {CALL_SECONDS} s, a session {SESSION_SECONDS} s; medians of {TURNS} turns")
    for title, in_sequence in (("side by side", False), ("in sequence", True)):
        networks = [Network(in_sequence=in_sequence) for _ in range(TURNS)]
        seconds = median(verify(network) for network in networks)
        print(
            f"{title:14}{seconds:6.2f} s, {seconds / SESSION_SECONDS:5.1f} times the slowest round trip, "
            f"{networks[0].calls} calls and 2 sessions"
        )


if __name__ == "__main__":
    main()
