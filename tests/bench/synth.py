"""How fast the platform is synthesized: `make bench`.

Runs whole processes in turn, so that a change of the machine's speed meets all of them, and prints medians of each and
of the ratios within a turn. Memory is the largest single process's: that of Python or of Node.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
SERVICES = (3, 30, 300)


@dataclass(frozen=True)
class Run:
    """One process: wall time in seconds, peak memory in MiB."""

    seconds: float
    mebibytes: float


def run(script: Path, *, fast: bool) -> Run:
    """Run a script with its output thrown away; a failure ends the benchmark."""
    with tempfile.TemporaryDirectory() as outdir:
        variables = os.environ | {
            "CDKTF_OUTDIR": outdir,
            "ECS_PLATFORM_FAST_BOOT": "1" if fast else "0",
            "PYTHONPATH": str(PROJECT),
        }
        started = time.perf_counter()
        process = subprocess.Popen([sys.executable, script], cwd=PROJECT, env=variables, stdout=subprocess.DEVNULL)  # noqa: S603 - own scripts
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{script.name} failed with exit status {process.returncode}")
    return Run(elapsed, usage.ru_maxrss / 1024)


def compare(turns: int) -> None:
    """Print all environments with the fast boot, without it, and the floor."""
    everything, floor = PROJECT / "main.py", HERE / "floor.py"
    fast, slow, least = [], [], []
    for turn in range(turns + 1):
        runs = run(everything, fast=True), run(everything, fast=False), run(floor, fast=True)
        # The first turn fills caches: of bytecode, of jsii's packages, of the disk.
        if turn:
            fast.append(runs[0])
            slow.append(runs[1])
            least.append(runs[2])
    print(f"{'medians of ' + str(turns) + ' turns':32}{'seconds':>9}{'MiB':>7}{'time ratio':>12}{'memory ratio':>14}")
    for title, others in (
        ("all environments, fast boot", fast),
        ("all environments, without it", slow),
        ("one resource, fast boot (floor)", least),
    ):
        seconds, mebibytes = median(each.seconds for each in others), median(each.mebibytes for each in others)
        time_ratio = median(other.seconds / mine.seconds for other, mine in zip(others, fast, strict=True))
        memory_ratio = median(other.mebibytes / mine.mebibytes for other, mine in zip(others, fast, strict=True))
        print(f"{title:32}{seconds:9.2f}{mebibytes:7.0f}{time_ratio:12.2f}{memory_ratio:14.2f}")


def growth(turns: int) -> None:
    """Print what one service costs in a stack of few and of many."""
    print(f"\n{'services':>8}{'ms per service':>16}")
    for count in SERVICES:
        script = [sys.executable, str(HERE / "growth.py"), str(count)]
        costs = []
        for _ in range(turns):
            with tempfile.TemporaryDirectory() as outdir:
                variables = os.environ | {"CDKTF_OUTDIR": outdir, "PYTHONPATH": str(PROJECT)}
                output = subprocess.check_output(script, cwd=PROJECT, env=variables)  # noqa: S603 - own script
            costs.append(float(output) * 1000 / count)
        print(f"{count:8}{median(costs):16.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3, help="how often each is run (default: %(default)s)")
    turns = parser.parse_args().turns
    compare(turns)
    growth(turns)
