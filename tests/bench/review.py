"""How long a whole review of one changed environment takes, beside a bare plan of its head.

The review synthesizes two revisions, plans the base twice and the head once, with a provider that runs on; the bare
plan is `terraform init`, `plan` and `show` of a head that is synthesized already, on an empty state. The last commit
is the base.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from operations.review.local_aws import find_provider, local_aws, variables_for
from operations.terraform import PROJECT, Terraform

CHANGE = {"DEV__EXEC__BACKEND": "true"}
ACCOUNT = "123456789012"


def review() -> float:
    """Return the seconds of the command."""
    command = [sys.executable, "-m", "operations", "review", "--base", "HEAD", "dev"]
    started = time.perf_counter()
    subprocess.run(command, cwd=PROJECT, env=os.environ | CHANGE, check=True, capture_output=True)  # noqa: S603 - our own
    return time.perf_counter() - started


def bare_plan() -> float:
    """Return the seconds of Terraform alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        variables = os.environ | CHANGE | {"CDKTF_OUTDIR": str(folder / "out")}
        subprocess.run([sys.executable, "main.py", "dev"], cwd=PROJECT, env=variables, check=True)
        head = folder / "out" / "stacks" / "dev"
        with local_aws(folder / "aws", ACCOUNT) as server:
            terraform = Terraform("dev", head, variables_for(server, "us-east-1", find_provider(folder)))
            started = time.perf_counter()
            terraform.initialize()
            terraform.plan()
            return time.perf_counter() - started


def main() -> None:
    """Print medians, and that of the ratios within a turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3, help="how often each is run (default: %(default)s)")
    turns = [(review(), bare_plan()) for _ in range(parser.parse_args().turns)]
    ratio = median(whole / bare for whole, bare in turns)
    print(f"\n{'one changed environment':32}{'seconds':>9}{'time ratio':>12}")
    print(f"{'the whole review':32}{median(whole for whole, _ in turns):9.1f}{ratio:12.1f}")
    print(f"{'a bare plan of the head':32}{median(bare for _, bare in turns):9.1f}{1:12.1f}")


if __name__ == "__main__":
    main()
