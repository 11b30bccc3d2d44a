"""No deploy writes or prints the secrets that are about in it. The local deploy has some planted: see conftest."""

import base64
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from local_cloud.outputs import outputs_file
from tests.deploy.planted import PLANTED, leaked, leaks
from tests.deploy.platforms import Local, Process, Terraform
from tests.deploy.shell import typed
from tests.deploy.warm_provider import attached, warm_provider

STATE = "terraform.dev.tfstate"


@pytest.fixture(scope="session")
def secrets(local: Local) -> Mapping[str, str]:
    """What was planted, and the database's password."""
    manager = local.client("secretsmanager")
    (secret,) = manager.list_secrets()["SecretList"]
    password = json.loads(manager.get_secret_value(SecretId=secret["ARN"])["SecretString"])["password"]
    assert len(password) > 8
    return {**PLANTED, "the database's password": password}


@pytest.fixture
def terraform(local: Local) -> Terraform:
    """Terraform on dev, with the planted credentials: the local AWS takes any."""
    return replace(local.terraform, variables=local.terraform.variables | PLANTED)


@pytest.fixture(scope="module")
def unanswered(local: Local) -> Iterator[Process]:
    """A plan that reaches no AWS: the provider tries for half a minute, in which the other tests run."""
    nowhere = replace(local.terraform, variables=local.terraform.variables | PLANTED).at("http://127.0.0.1:9")
    with nowhere.start("plan", "-input=false", "-no-color", "-lock=false") as plan:
        yield plan
        plan.kill()


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_leak_is_found(tmp_path: Path, name: str) -> None:
    secret = PLANTED[name]
    (tmp_path / "plain.log").write_text(f"key={secret}", encoding="utf-8")
    (tmp_path / "encoded.json").write_text(base64.b64encode(f"ab{secret}cd".encode()).decode(), encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "plan", "w", zipfile.ZIP_DEFLATED) as plan:
        plan.writestr("tfplan", f"...{secret}...")
    assert leaks(tmp_path, PLANTED) == [f"{file}: {name}" for file in ("encoded.json", "plain.log", "plan")]


# What has no answer begins here, so that the tests before the last one need not wait for it.
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


def test_an_error_has_no_secret(unanswered: Process, secrets: Mapping[str, str]) -> None:
    printed, complaint = unanswered.communicate()
    assert unanswered.returncode == 1, printed
    assert "Error" in complaint
    assert leaked(printed + complaint, secrets) == set()
