"""No deploy writes or prints the secrets that are about in it. The local deploy has some planted: see conftest."""

import base64
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from local_cloud.outputs import outputs_file
from tests.deploy.planted import PLANTED, leaked, leaks
from tests.deploy.platforms import Local, Terraform
from tests.deploy.shell import typed
from tests.deploy.warm_provider import attached, warm_provider

STATE = "terraform.dev.tfstate"


@pytest.fixture
def terraform(local: Local) -> Terraform:
    """Terraform on dev, with the planted credentials: the local AWS takes any."""
    return replace(local.terraform, variables=local.terraform.variables | PLANTED)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_leak_is_found(tmp_path: Path, name: str) -> None:
    secret = PLANTED[name]
    (tmp_path / "plain.log").write_text(f"key={secret}", encoding="utf-8")
    (tmp_path / "encoded.json").write_text(base64.b64encode(f"ab{secret}cd".encode()).decode(), encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "plan", "w", zipfile.ZIP_DEFLATED) as plan:
        plan.writestr("tfplan", f"...{secret}...")
    assert leaks(tmp_path, PLANTED) == [f"{file}: {name}" for file in ("encoded.json", "plain.log", "plan")]


# What test_unanswered_plan.py looks at begins here, so that the tests between need not wait for it.
@pytest.mark.usefixtures("unanswered", "second_run")
def test_a_deploy_writes_no_secret(local: Local, secrets: Mapping[str, str]) -> None:
    written = {file.name for file in local.folder.rglob("*")}
    assert {"cdk.tf.json", "deploy.log", STATE, outputs_file(local.folder, "dev").name} <= written
    assert leaks(local.folder, secrets) == []


def test_a_deploy_prints_no_secret(local: Local, second_run: str, secrets: Mapping[str, str]) -> None:
    assert leaked(local.first_run + second_run, secrets) == set()


def test_a_plan_has_no_secret(terraform: Terraform, secrets: Mapping[str, str]) -> None:
    with warm_provider(terraform.folder, attached(terraform.variables)) as variables:
        terraform = replace(terraform, variables=variables)
        terraform.run("plan", "-input=false", "-out=kept.plan")
        try:
            printed = terraform.run("show", "-json", "kept.plan") + terraform.run("output", "-json")
            assert leaked(printed, secrets) == set()
            assert leaks(terraform.folder, secrets) == []
        finally:
            (terraform.folder / "kept.plan").unlink()


@pytest.mark.parametrize("command", ["verify dev --json", "audit dev --json"])
def test_an_operation_prints_no_secret(local: Local, secrets: Mapping[str, str], command: str) -> None:
    variables = local.terraform.variables | PLANTED
    done = typed(f".venv/bin/python -m operations {command}", variables)
    assert done.stdout
    assert leaked(done.stdout + done.stderr, secrets) == set()
