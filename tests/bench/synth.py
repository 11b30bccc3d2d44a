"""How fast the platform is synthesized: `make bench`.

Runs whole processes in turn, so that a change of the machine's speed meets all of them, and prints medians of each and
of the ratios within a turn. CPU time is that of Python and of Node, for which Python waits; compare it where the
machine has other work to do. Memory is the largest single process's: that of Python or of Node.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
SERVICES = (3, 30, 300)


@dataclass(frozen=True)
class Run:
    """One process: wall time and CPU time in seconds, peak memory in MiB, and what it printed."""

    seconds: float
    cpu_seconds: float
    mebibytes: float
    output: str


def run(script: Path, *arguments: str, fast: bool = True) -> Run:
    """Run a script; a failure ends the benchmark."""
    with tempfile.TemporaryDirectory() as outdir, tempfile.TemporaryFile("w+") as output:
        variables = os.environ | {
            "CDKTF_OUTDIR": outdir,
            "ECS_PLATFORM_FAST_BOOT": "1" if fast else "0",
            "PYTHONPATH": str(PROJECT),
        }
        started = time.perf_counter()
        process = subprocess.Popen([sys.executable, script, *arguments], cwd=PROJECT, env=variables, stdout=output)  # noqa: S603 - own scripts
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.perf_counter() - started
        output.seek(0)
        printed = output.read()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{script.name} failed with exit status {process.returncode}")
    return Run(elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, printed)


def compare(turns: int) -> None:
    """Print all environments with the fast boot, without it, one environment, and the floor."""
    app, floor = PROJECT / "main.py", HERE / "floor.py"
    fast, slow, one, least = [], [], [], []
    for turn in range(turns + 1):
        runs = run(app), run(app, fast=False), run(app, "dev"), run(floor)
        # The first turn fills caches: of bytecode, of jsii's packages, of the disk.
        if turn:
            fast.append(runs[0])
            slow.append(runs[1])
            one.append(runs[2])
            least.append(runs[3])
    print(
        f"{'medians of ' + str(turns) + ' turns':32}{'seconds':>9}{'CPU':>7}{'MiB':>7}{'time, CPU, memory ratio':>27}"
    )
    for title, others in (
        ("all environments, fast boot", fast),
        ("all environments, without it", slow),
        ("one environment, fast boot", one),
        ("one resource, fast boot (floor)", least),
    ):
        print(f"{title:32}{_medians(others)}{_ratios(others, fast)}")


def _medians(runs: Sequence[Run]) -> str:
    seconds, cpu = median(each.seconds for each in runs), median(each.cpu_seconds for each in runs)
    return f"{seconds:9.2f}{cpu:7.2f}{median(each.mebibytes for each in runs):7.0f}"


def _ratios(runs: Sequence[Run], to: Sequence[Run]) -> str:
    pairs = list(zip(runs, to, strict=True))
    seconds = median(one.seconds / other.seconds for one, other in pairs)
    cpu = median(one.cpu_seconds / other.cpu_seconds for one, other in pairs)
    return f"{seconds:13.2f}{cpu:7.2f}{median(one.mebibytes / other.mebibytes for one, other in pairs):7.2f}"


def growth(turns: int) -> None:
    """Print what one service costs in a stack of few and of many."""
    print(f"\n{'services':>8}{'ms per service':>16}{'MiB per service':>17}")
    least = median(run(HERE / "growth.py", "0").mebibytes for _ in range(turns))
    for count in SERVICES:
        runs = [run(HERE / "growth.py", str(count)) for _ in range(turns)]
        milliseconds = median(float(each.output) for each in runs) * 1000 / count
        mebibytes = (median(each.mebibytes for each in runs) - least) / count
        print(f"{count:8}{milliseconds:16.1f}{mebibytes:17.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5, help="how often each is run (default: %(default)s)")
    turns = parser.parse_args().turns
    compare(turns)
    growth(turns)
