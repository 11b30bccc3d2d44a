"""First deploys of dev, each on a local AWS of its own with the Terraform state in its S3, on a bad day."""

import functools
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environments import load
from local_cloud import lifecycle, provider_mirror
from local_cloud.variables import variables_for
from tests.deploy.aws_faults import PassOn
from tests.deploy.conftest import PROJECT
from tests.deploy.faulty_aws import Answer, Request, faulty_aws
from tests.deploy.listings import LISTINGS, MORE_LISTINGS, listed, unknown_to_the_state
from tests.deploy.platforms import Local, Terraform
from tests.faults.bad_days import BadDay

_STATE = {"bucket": "state", "key": "dev/terraform.tfstate", "region": "us-east-1", "use_lockfile": True}
_APPLY = ("apply", "-auto-approve", "-input=false", "-no-color", "-parallelism=30")
_DEPLOYS = 5
"""How often a person deploys on the bad day, at most, before recovering on a good one."""


@dataclass
class Outcome:
    """What became of one first deploy."""

    deploys: int = 0
    calls: int = 0
    """How many calls of AWS the deploys made."""
    recovered: bool = False
    converged: bool = False
    state_lost: int = 0
    orphans: dict[str, int] = field(default_factory=dict)
    duplicates: dict[str, int] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    seconds: float = 0


def first_deploy(folder: Path, day: BadDay) -> Outcome:
    """Deploy on the bad day until it works, or recover on a good one; and look at what is there in the end."""
    outcome, started = Outcome(), time.monotonic()
    with _platform(folder) as local:
        states: list[set[str]] = []
        for _ in range(1 if day.killed_at < float("inf") else _DEPLOYS):
            outcome.deploys += 1
            calls, complaint = _deploy(local, day)
            outcome.calls += calls
            states.append(_state(local))
            if complaint is None:
                break
            outcome.complaints.append(complaint)
            if "Error acquiring the state lock" in complaint:
                _unlock(local, complaint)
        else:
            outcome.recovered = True
            outcome.complaints += _recover(local)
            states.append(_state(local))
        outcome.state_lost = sum(bool(before - after) for before, after in itertools.pairwise(states))
        outcome.converged = local.terraform.plan() == {}
        outcome.orphans, outcome.duplicates = unknown_to_the_state(local), _duplicates(local)
    outcome.seconds = time.monotonic() - started
    return outcome


@contextmanager
def _platform(folder: Path) -> Iterator[Local]:
    server = lifecycle.start(folder / "cloud", load("dev").account_id)
    try:
        variables = variables_for(server, load("dev"), folder / "cloud", provider_mirror.find_mirror(os.environ))
        variables |= {"CDKTF_OUTDIR": str(folder / "cdktf.out"), "TF_IN_AUTOMATION": "1"}
        local = Local(folder / "cloud", server, "", Terraform(folder / "cdktf.out/stacks/dev", variables))
        local.client("s3").create_bucket(Bucket=_STATE["bucket"])
        subprocess.run([sys.executable, "main.py"], cwd=PROJECT, env=variables, check=True)
        backend = {"terraform": {"backend": {"s3": _STATE}}}
        (local.terraform.folder / "backend_override.tf.json").write_text(json.dumps(backend), encoding="utf-8")
        local.terraform.run("init", "-input=false")
        yield local
    finally:
        lifecycle.stop(folder / "cloud")


def _deploy(local: Local, day: BadDay) -> tuple[int, str | None]:
    """Deploy; return how many calls that took, and what Terraform complained of, None of nothing."""
    with faulty_aws(local, rule := _Killing(day)) as terraform:
        # A process group of its own: its providers are killed with it.
        process = subprocess.Popen(  # noqa: S603 - our own arguments
            ["terraform", *_APPLY],  # noqa: S607 - wherever it is installed
            cwd=terraform.folder,
            env=terraform.variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        rule.process = process
        _, complaint = process.communicate()
    # What could not be written into the bucket lies here, and Terraform says how it gets there.
    if (unsaved := local.terraform.folder / "errored.tfstate").exists():
        local.terraform.run("state", "push", unsaved.name)
        unsaved.unlink()
    return rule.calls, None if process.returncode == 0 else complaint or f"killed at call {rule.calls}"


@dataclass
class _Killing:
    """A rule: that of the day, until its time has come."""

    day: BadDay
    process: "subprocess.Popen[str] | None" = None
    calls: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: Request, pass_on: PassOn) -> Answer:
        with self._lock:
            self.calls += 1
            if self.calls == self.day.killed_at and self.process:
                os.killpg(self.process.pid, signal.SIGKILL)
        return self.day.rule(request, pass_on)


def _recover(local: Local) -> list[str]:
    """Recover as docs/recovering.md says, lifting the lock that a killed deploy has left; return the complaints.

    Where nothing was lost, that is the next deploy.
    """
    command = [sys.executable, "-m", "operations", "recover", "dev", "--auto-approve"]
    run = functools.partial(subprocess.run, cwd=PROJECT, env=local.terraform.variables, text=True, check=False)
    done = run(command, capture_output=True)
    if "force-unlock" in done.stderr:
        _unlock(local, done.stderr)
        done = run(command, capture_output=True)
    if "Nothing is lost" in done.stdout:
        local.terraform.run(*_APPLY)
    return [done.stderr] if done.returncode else []


def _unlock(local: Local, complaint: str) -> None:
    """Lift the lock that a complaint names."""
    (lock,) = set(re.findall(r"(?:ID:\s+|force-unlock )([0-9a-f-]{36})", complaint))
    local.terraform.run("force-unlock", "-force", lock)


def _state(local: Local) -> set[str]:
    """Return what the state knows; a state that cannot be read raises an AssertionError."""
    state: dict[str, Any] = json.loads(local.terraform.run("state", "pull") or "{}")
    return {
        f"{resource['type']}.{resource['name']}[{instance.get('index_key')}]"
        for resource in state.get("resources", [])
        if resource["mode"] == "managed"
        for instance in resource["instances"]
    }


def _duplicates(local: Local) -> dict[str, int]:
    """Return how many of each kind have a name that another one has."""
    names = {
        path: Counter(filter(None, map(_name, found))) for path, found in listed(local, (*LISTINGS, *MORE_LISTINGS))
    }
    return {path: more for path, counts in names.items() if (more := counts.total() - len(counts))}


def _name(resource: object) -> str | None:
    """Return the name by which a person finds a resource."""
    if not isinstance(resource, dict):
        return str(resource)
    tags = {tag["Key"]: tag["Value"] for tag in resource.get("Tags", [])}
    return tags.get("Name") or resource.get("Name") or resource.get("DomainName") or resource.get("Comment")
