"""What becomes of first deploys on bad days of AWS, in numbers: ``python -m tests.faults --seed 1 --runs 10``."""

import argparse
import random
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from tests.faults.bad_days import BAD_DAYS
from tests.faults.first_deploy import Outcome, first_deploy

HEADER = """\
| on this day | runs | converged | deploys | recovered | state lost | orphaned | duplicates | median |
|---|---|---|---|---|---|---|---|---|"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy on each bad day, print a table, and return 1 if anything was lost or is left over."""
    chosen = _parser().parse_args(arguments)
    sys.stdout.write(f"{HEADER}\n")
    good = True
    for name in chosen.days or BAD_DAYS:
        with ThreadPoolExecutor(chosen.at_once) as pool:
            outcomes = list(pool.map(lambda run, name=name: _one(name, chosen.seed, run), range(chosen.runs)))
        sys.stdout.write(f"{_row(name, outcomes)}\n")
        sys.stdout.flush()
        good = good and all(map(_is_good, outcomes))
    return 0 if good else 1


def _one(name: str, seed: int, run: int) -> Outcome:
    dice = random.Random(f"{seed} {name} {run}")  # noqa: S311 - the same days again, not a secret
    with tempfile.TemporaryDirectory() as folder:
        try:
            outcome = first_deploy(Path(folder), BAD_DAYS[name](dice))
        except AssertionError as error:
            # A command of Terraform's that must work on a good day: above all, reading the state.
            outcome = Outcome(state_lost=1, complaints=[str(error)])
    sys.stderr.write(f"{'as it should be' if _is_good(outcome) else 'WRONG'}: {name}, run {run}: {outcome}\n")
    return outcome


def _is_good(outcome: Outcome) -> bool:
    return outcome.converged and not (outcome.state_lost or outcome.orphans or outcome.duplicates)


def _row(name: str, outcomes: Sequence[Outcome]) -> str:
    cells = (
        len(outcomes),
        sum(each.converged for each in outcomes),
        f"{min(each.deploys for each in outcomes)} to {max(each.deploys for each in outcomes)}",
        sum(each.recovered for each in outcomes),
        sum(each.state_lost for each in outcomes),
        sum(sum(each.orphans.values()) for each in outcomes),
        sum(sum(each.duplicates.values()) for each in outcomes),
        f"{median(each.seconds for each in outcomes):.0f} s",
    )
    return f"| {name} | {' | '.join(map(str, cells))} |"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description=__doc__,
        epilog="\n  ".join(["days:", *BAD_DAYS]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("days", metavar="DAY", nargs="*", help="in quotes (default: all)")
    parser.add_argument("--seed", type=int, default=1, help="the same days again (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=10, help="first deploys on each day (default: %(default)s)")
    parser.add_argument("--at-once", type=int, default=1, help="deploys side by side (default: %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
