"""A first deploy with its state in S3, killed midway, and finished by the recovery. The tests build on each other.

It has a local AWS of its own.
"""

import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from environments import load
from local_cloud import lifecycle, provider_mirror
from local_cloud.variables import variables_for
from operations.recovery.finders import FINDERS
from tests.deploy.listings import CLUSTER, unknown_to_the_state
from tests.deploy.live_platform import LivePlatforms
from tests.deploy.platforms import Local, Terraform
from tests.deploy.shell import typed
from tests.deploy.warm_provider import warm_provider

pytestmark = pytest.mark.xdist_group("killed")

MIDWAY_SECONDS = 300
STATE = {"bucket": "state", "key": "dev/terraform.tfstate", "region": "us-east-1", "use_lockfile": True}


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory, live_platforms: LivePlatforms) -> Iterator[Local]:
    """Dev, whose first deploy was killed before its state had any of it; with what the recovery said before that."""
    # The tests of test_adoption.py that run in this process come after these.
    live_platforms.begin_in("killed")
    root = tmp_path_factory.mktemp("killed")
    cloud, stack = root / "cloud", root / "cdktf.out" / "stacks" / "dev"
    server = lifecycle.start(cloud, load("dev").account_id)
    try:
        variables = variables_for(server, load("dev"), cloud, provider_mirror.find_mirror(os.environ))
        terraform = Terraform(stack, variables | {"CDKTF_OUTDIR": str(root / "cdktf.out")})
        stack.mkdir(parents=True)
        backend = {"terraform": {"backend": {"s3": STATE}}}
        (stack / "backend_override.tf.json").write_text(json.dumps(backend), encoding="utf-8")
        local = Local(cloud, server, "", terraform)
        local.client("s3").create_bucket(Bucket=STATE["bucket"])
        nothing_yet = typed(".venv/bin/python -m operations recover dev", local.terraform.variables)
        assert nothing_yet.returncode == 0, nothing_yet.stderr
        kill_midway(local, root / "apply.log")
        yield dataclasses.replace(local, first_run=nothing_yet.stdout)
    finally:
        lifecycle.stop(cloud)


def kill_midway(local: Local, log: Path) -> None:
    """Apply, and kill Terraform with its providers before it has saved anything in the bucket."""
    command = ["terraform", "apply", "-auto-approve", "-input=false", "-no-color"]
    with (
        log.open("w") as output,
        subprocess.Popen(  # noqa: S603 - no input of anyone
            command,
            cwd=local.terraform.folder,
            env=local.terraform.variables | {"TF_STATE_PERSIST_INTERVAL": "3600"},
            stdout=output,
            stderr=output,
            start_new_session=True,
        ) as process,
    ):
        until = time.monotonic() + MIDWAY_SECONDS
        while not is_midway(local):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < until, log.read_text(encoding="utf-8")
            time.sleep(0.5)
        os.killpg(process.pid, signal.SIGKILL)


def is_midway(local: Local) -> bool:
    """Whether the last kinds have come, of which AWS takes its time for the distribution."""
    distributions = local.client("cloudfront").list_distributions()["DistributionList"]
    if not distributions["Quantity"]:
        return False
    return len(local.client("ecs").list_services(cluster=CLUSTER)["serviceArns"]) > 1


def test_a_recovery_with_nothing_lost_says_so_and_does_nothing(killed: Local) -> None:
    assert killed.first_run.endswith("Nothing is lost. Deploy as always: npx cdktf deploy dev\n")


def test_a_lock_that_was_left_is_shown_with_the_way_to_unlock(killed: Local) -> None:
    refused = typed("make recover", killed.terraform.variables)
    assert refused.returncode
    assert "the state of dev is locked by " in refused.stderr
    (unlock,) = re.findall("terraform -chdir=.* force-unlock .*", refused.stderr)
    unlocked = typed(unlock, killed.terraform.variables, answer="yes\n")
    assert unlocked.returncode == 0, unlocked.stderr


def test_the_recovery_imports_what_was_lost_and_makes_the_rest(killed: Local) -> None:
    # As on another machine, where nothing was installed and nothing leads Terraform to the provider.
    shutil.rmtree(killed.terraform.folder / ".terraform")
    variables = {key: value for key, value in killed.terraform.variables.items() if key != "TF_CLI_CONFIG_FILE"}
    recovered = typed(".venv/bin/python -m operations recover dev", variables, answer="yes\n")
    assert recovered.returncode == 0, recovered.stdout + recovered.stderr
    told = re.findall(r"^  (\w+)\.\S+  \S+$", recovered.stdout, re.MULTILINE)
    # Dev has a part of what can be looked for: no key of its own, and no job.
    stack = json.loads((killed.terraform.folder / "cdk.tf.json").read_text())
    assert {*told} == FINDERS.keys() & stack["resource"].keys()
    assert re.search(rf"Resources: {len(told)} imported, \d+ added, \d+ changed, 0 destroyed", recovered.stdout)
    assert sorted(path.name for path in killed.terraform.folder.glob("*.tf.json")) == [
        "backend_override.tf.json",
        "cdk.tf.json",
    ]


def test_a_plan_after_the_recovery_is_empty(killed: Local) -> None:
    with warm_provider(killed.terraform.folder, killed.terraform.variables) as variables:
        assert dataclasses.replace(killed.terraform, variables=variables).plan() == {}


def test_nothing_exists_twice(killed: Local) -> None:
    assert unknown_to_the_state(killed) == {}
