"""The fast start of cdktf changes its speed and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from environments import names

ROOT = Path(__file__).parents[2]


def python(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - this Python
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def synthesized(folder: Path, *, fast: bool) -> dict[str, bytes]:
    """Run main.py for all environments and return what it wrote, by relative path."""
    # Node 22 warns of a call in cdktf, which the fast boot silences.
    boot = (
        {"ECS_PLATFORM_FAST_BOOT": "1"} if fast else {"ECS_PLATFORM_FAST_BOOT": "0", "NODE_OPTIONS": "--no-deprecation"}
    )
    ran = python("main.py", CDKTF_OUTDIR=str(folder), **boot)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_fast_start_writes_the_same_bytes_as_the_slow_one(tmp_path: Path) -> None:
    fast = synthesized(tmp_path / "fast", fast=True)
    assert {f"stacks/{name}/cdk.tf.json" for name in names()} <= fast.keys()
    assert fast == synthesized(tmp_path / "slow", fast=False)


def test_the_fast_start_loads_no_module_of_the_provider() -> None:
    ran = python(
        "-c",
        "import sys; from stacks.boot import boot; boot(); import constructs; "
        "print([name for name in sys.modules if name.startswith('cdktf_cdktf_provider_aws.')])",
    )
    assert ran.stdout == "[]\n"


@pytest.mark.parametrize(
    ("no_bytecode", "error"),
    [
        ("", "Key 'cidrBlock': Unable to deserialize value as string"),
        ("1", "type of argument cidr_block must be one of (str, NoneType); got int instead"),
    ],
)
def test_a_wrong_type_is_found_by_node_or_before(no_bytecode: str, error: str, tmp_path: Path) -> None:
    script = (
        "from stacks.boot import boot; boot(); from constructs.bindings import App, TerraformStack, Vpc; "
        "Vpc(TerraformStack(App(), 'dev'), 'vpc', cidr_block=5)"
    )
    ran = python("-c", script, PYTHONDONTWRITEBYTECODE=no_bytecode, CDKTF_OUTDIR=str(tmp_path))
    assert error in ran.stderr


def test_a_start_that_comes_too_late_is_an_error() -> None:
    ran = python("-c", "import constructs; from stacks.boot import boot; boot()")
    assert ran.returncode == 1
    assert "stacks.boot: call boot() before the first import of constructs or cdktf" in ran.stderr


@pytest.mark.parametrize("before", [None, "", "--max-old-space-size=4096"])
def test_processes_started_later_do_not_get_the_hook(monkeypatch: pytest.MonkeyPatch, before: str | None) -> None:
    monkeypatch.delenv("NODE_OPTIONS", raising=False)
    variables = {} if before is None else {"NODE_OPTIONS": before}
    script = "import os; from stacks.boot import boot; boot(); print(repr(os.environ.get('NODE_OPTIONS')))"
    assert python("-c", script, **variables).stdout == f"{before!r}\n"


COUNT_NODES = """
import os, subprocess, sys
from environments import names
from stacks import boot
boot.FILE_DESCRIPTORS = sys.argv[1] if len(sys.argv) > 1 else boot.FILE_DESCRIPTORS
boot.boot()
from constructs import Construct
table = subprocess.check_output(["ps", "-A", "-o", "pid=,ppid=,comm="], text=True)
processes = [line.split(maxsplit=2) for line in table.splitlines()]
family = {str(os.getpid())}
for _ in range(3):
    family |= {pid for pid, parent, _ in processes if parent in family}
print(sum(pid in family and program == "node" for pid, _, program in processes))
"""


def test_one_node_process_is_started() -> None:
    assert python("-c", COUNT_NODES).stdout == "1\n"


def test_an_unknown_jsii_is_started_as_it_starts_itself() -> None:
    assert python("-c", COUNT_NODES, "another jsii").stdout == "2\n"


def test_a_chosen_jsii_runtime_is_kept() -> None:
    ran = python("-c", COUNT_NODES, JSII_RUNTIME="no-such-file.js")
    assert "no-such-file.js" in ran.stderr


def test_an_index_of_the_types_is_left_for_the_next_start(tmp_path: Path) -> None:
    script = f"""
import time
from pathlib import Path
from stacks.boot import boot
boot()
import cdktf
for _ in range(600):
    if found := list(Path({str(tmp_path)!r}).glob("cdktf/*/*/.jsii.runtime.v*.json")):
        break
    time.sleep(0.1)
print(len(found))
"""
    assert python("-c", script, JSII_RUNTIME_PACKAGE_CACHE_ROOT=str(tmp_path)).stdout == "1\n"
