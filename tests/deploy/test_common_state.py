"""A state in a bucket, shared by two people: moved there, locked while one deploys, closed to other accounts.

The tests build on each other, in this order. They go on from copies of what the local deploy wrote, and leave dev as it
is without a toggle.
"""

import getpass
import json
import platform
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from environments import load, names
from local_cloud import lifecycle
from tests.deploy.platforms import Local, Terraform
from tests.deploy.shell import checkout, refused, shell, succeeded, typed
from tests.unit.stack_json import Synth
from tests.unit.workflow_steps import step

# These run beside the other tests of dev, on a deploy of their own.
pytestmark = pytest.mark.xdist_group("faults")

BUCKET = "davidshaevel-terraform-state-123456789012"
KEY = load("dev").state_key
LOCK = f"{KEY}.tflock"
IN_BUCKET = {"DEV__STATE__BUCKET": BUCKET}
OTHER_ACCOUNT = "999999999999"


@dataclass(frozen=True)
class Person:
    """Somebody with a folder of their own, as after a clone."""

    folder: Path
    local: Local

    @property
    def terraform(self) -> Terraform:
        return replace(self.local.terraform, folder=self.folder / "cdktf.out" / "stacks" / "dev")

    @property
    def deploy(self) -> str:
        return f"npx cdktf deploy dev --auto-approve --no-color --output {self.folder / 'cdktf.out'}"

    def addresses(self) -> list[str]:
        return self.terraform.run("state", "list").splitlines()


@pytest.fixture(scope="module")
def deployer(dev_aws: Local, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """Who deployed dev until now, and has its state; in the end the bucket goes."""
    folder = tmp_path_factory.mktemp("deployer")
    shutil.copy(dev_aws.folder / "terraform.dev.tfstate", folder)
    shutil.copytree(dev_aws.folder / "cdktf.out", folder / "cdktf.out", symlinks=True)
    yield Person(folder, dev_aws)
    s3 = dev_aws.client("s3")
    for kind, versions in s3.list_object_versions(Bucket=BUCKET).items():
        for each in versions if kind in ("Versions", "DeleteMarkers") else ():
            s3.delete_object(Bucket=BUCKET, Key=each["Key"], VersionId=each["VersionId"])
    s3.delete_bucket(Bucket=BUCKET)


@pytest.fixture(scope="module")
def colleague(dev_aws: Local, tmp_path_factory: pytest.TempPathFactory) -> Person:
    """Who has nothing but the code."""
    return Person(tmp_path_factory.mktemp("colleague"), dev_aws)


@pytest.fixture
def as_other_account(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Credentials that belong to another account: so says STS, which Terraform asks."""
    server = lifecycle.start(tmp_path / "other", OTHER_ACCOUNT)
    yield {"AWS_ENDPOINT_URL_STS": server.url}
    lifecycle.stop(tmp_path / "other")


def test_the_state_moves_to_the_bucket_that_was_made_for_it(dev_aws: Local, deployer: Person) -> None:
    assert f'[state]\n  bucket = "{BUCKET}"\n' in shell("make state-bootstrap", dev_aws)
    moving = f"npx cdktf deploy dev --migrate-state --auto-approve --output {deployer.folder / 'cdktf.out'}"
    assert "No changes." in shell(moving, dev_aws, **IN_BUCKET)
    assert deployer.addresses() == dev_aws.terraform.run("state", "list").splitlines()
    assert dev_aws.client("s3").head_object(Bucket=BUCKET, Key=KEY)["ServerSideEncryption"] == "AES256"


def test_a_deploy_during_another_is_refused_and_succeeds_later(
    dev_aws: Local, synth: Synth, deployer: Person, colleague: Person
) -> None:
    deployer.terraform.use(synth(**IN_BUCKET, DEV__EXEC__BACKEND="true"))
    with waiting_for_approval(deployer.terraform) as apply:
        refusal = refused(colleague.deploy, dev_aws, **IN_BUCKET, DEV__EXEC__FRONTEND="true")
        assert "Error acquiring the state lock" in refusal
        assert f"Who:       {getpass.getuser()}@{platform.node()}" in refusal
        apply.communicate("yes\n")
    assert apply.returncode == 0
    assert granted(dev_aws) == ["backend"]

    deployed = shell(colleague.deploy, dev_aws, **IN_BUCKET, DEV__EXEC__FRONTEND="true")
    assert granted(dev_aws) == ["frontend"], deployed
    assert Counter(colleague.addresses()).most_common(1)[0][1] == 1
    assert colleague.terraform.plan() == {}


def test_a_lock_left_behind_is_named_and_lifted(
    dev_aws: Local, synth: Synth, deployer: Person, colleague: Person
) -> None:
    with waiting_for_approval(deployer.terraform) as apply:
        apply.kill()
    left = json.load(dev_aws.client("s3").get_object(Bucket=BUCKET, Key=LOCK)["Body"])
    colleague.terraform.use(synth(**IN_BUCKET))
    refusal = colleague.terraform.fail("apply", "-auto-approve", "-input=false", "-no-color")
    assert f"ID: {left['ID']}" in refusal
    assert f"Who: {left['Who']}" in refusal

    Terraform(colleague.folder, dev_aws.terraform.variables).run(
        "-chdir=cdktf.out/stacks/dev", "force-unlock", "-force", left["ID"]
    )
    colleague.terraform.run("apply", "-auto-approve", "-input=false")
    assert granted(dev_aws) == []


def test_githubs_workflow_deploys_with_the_shared_state(dev_aws: Local, deployer: Person, tmp_path: Path) -> None:
    assert deployer.addresses()
    folder = checkout(tmp_path / "runner")
    # A state in a file of the project is for real deploys alone.
    buckets = {f"{name.upper()}__STATE__BUCKET": BUCKET for name in names()}
    variables = {**dev_aws.terraform.variables, **buckets, "ENVIRONMENT": "dev"}
    succeeded(typed(step("Refuse a state that would be lost with this machine"), variables, folder=folder))
    assert "No changes." in succeeded(typed(step("Deploy"), variables, folder=folder))


def test_another_accounts_credentials_reach_no_state(
    dev_aws: Local, colleague: Person, as_other_account: dict[str, str]
) -> None:
    before = dev_aws.client("s3").head_object(Bucket=BUCKET, Key=KEY)["ETag"]
    refusal = refused(colleague.deploy, dev_aws, **IN_BUCKET, **as_other_account, DEV__EXEC__BACKEND="true")
    assert f"AWS account ID not allowed: {OTHER_ACCOUNT}" in refusal
    assert "terraform init failed" in refusal
    assert dev_aws.client("s3").head_object(Bucket=BUCKET, Key=KEY)["ETag"] == before
    assert granted(dev_aws) == []


def test_credentials_of_another_account_change_no_local_state(
    dev_aws: Local, synth: Synth, tmp_path: Path, as_other_account: dict[str, str]
) -> None:
    shutil.copy(dev_aws.folder / "terraform.dev.tfstate", tmp_path)
    shutil.copytree(dev_aws.terraform.folder, tmp_path / "cdktf.out/stacks/dev", symlinks=True)
    state = (tmp_path / "terraform.dev.tfstate").read_bytes()
    terraform = Terraform(tmp_path / "cdktf.out/stacks/dev", dev_aws.terraform.variables | as_other_account)
    terraform.use(synth(DEV__EXEC__BACKEND="true"))
    refusal = terraform.fail("apply", "-auto-approve", "-input=false", "-no-color")
    assert f"AWS account ID not allowed: {OTHER_ACCOUNT}" in refusal
    assert (tmp_path / "terraform.dev.tfstate").read_bytes() == state
    assert granted(dev_aws) == []


@contextmanager
def waiting_for_approval(terraform: Terraform) -> Iterator["subprocess.Popen[str]"]:
    """Start an apply, and wait until it has its plan and asks whether to go on; it holds the lock meanwhile."""
    with subprocess.Popen(
        ["terraform", "apply", "-no-color"],  # noqa: S607 - wherever it is installed
        cwd=terraform.folder,
        env=terraform.variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as apply:
        for line in apply.stdout or ():
            if "Only 'yes' will be accepted" in line:
                break
        else:
            pytest.fail("the apply has nothing to ask")
        yield apply


def granted(local: Local) -> list[str]:
    """Return the services whose role lets people into their tasks."""
    iam = local.client("iam")
    roles = {service: f"dev-davidshaevel-{service}-task-role" for service in ("backend", "frontend")}
    return [name for name, role in roles.items() if iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]]
