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
    """One process: wall time in seconds, peak memory in MiB, and what it printed."""

    seconds: float
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
    return Run(elapsed, usage.ru_maxrss / 1024, printed)


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
    print(f"{'medians of ' + str(turns) + ' turns':32}{'seconds':>9}{'MiB':>7}{'time ratio':>12}{'memory ratio':>14}")
    for title, others in (
        ("all environments, fast boot", fast),
        ("all environments, without it", slow),
        ("one environment, fast boot", one),
        ("one resource, fast boot (floor)", least),
    ):
        seconds, mebibytes = median(each.seconds for each in others), median(each.mebibytes for each in others)
        time_ratio = median(other.seconds / mine.seconds for other, mine in zip(others, fast, strict=True))
        memory_ratio = median(other.mebibytes / mine.mebibytes for other, mine in zip(others, fast, strict=True))
        print(f"{title:32}{seconds:9.2f}{mebibytes:7.0f}{time_ratio:12.2f}{memory_ratio:14.2f}")


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
    parser.add_argument("--turns", type=int, default=3, help="how often each is run (default: %(default)s)")
    turns = parser.parse_args().turns
    compare(turns)
    growth(turns)
