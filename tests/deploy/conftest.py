"""Deploys dev on a local AWS of its own, with the real cdktf, Terraform and provider; the tests go on from there."""

import contextlib
import io
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient

from environments import load
from local_cloud import lifecycle, provider_mirror
from local_cloud.deploy import deploy, variables_for
from local_cloud.record import Record
from tests.unit.stack_json import Stack

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Terraform:
    """The real Terraform, in one stack's folder."""

    folder: Path
    variables: dict[str, str]

    def run(self, *arguments: str) -> str:
        """Run a command to its end and return what it printed; a failure shows all of it."""
        done = self._run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refusal(self, *arguments: str) -> str:
        """Run a command that must fail, and return why it did."""
        done = self._run(*arguments)
        assert done.returncode == 1, done.stdout
        return done.stderr

    def plan(self) -> dict[str, list[str]]:
        """Plan to a file, and return what it would do to each resource that it would touch."""
        self.run("plan", "-input=false", "-out=plan")
        plan: dict[str, Any] = json.loads(self.run("show", "-json", "plan"))
        actions = {each["address"]: each["change"]["actions"] for each in plan["resource_changes"]}
        return {address: does for address, does in actions.items() if does != ["no-op"]}

    def apply(self) -> None:
        """Do what was planned."""
        self.run("apply", "-input=false", "plan")

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - arguments of the tests
            ["terraform", *arguments],  # noqa: S607 - wherever it is installed
            cwd=self.folder,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
        )

    def use(self, stack: Stack) -> None:
        """Take another synthesis of the same environment from now on."""
        (self.folder / "cdk.tf.json").write_text(stack.text, encoding="utf-8")


@dataclass(frozen=True)
class Local:
    """Dev on a local AWS: where it runs, what the deploys printed, and Terraform to go on with."""

    server: Record
    first_run: str
    second_run: str
    terraform: Terraform

    def client(self, service: str) -> BaseClient:
        """Return a client of the local AWS."""
        return boto3.client(
            service,
            endpoint_url=self.server.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - the local AWS takes any
        )


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables with which Terraform finds the provider, as `make local` finds it."""
    folder = tmp_path_factory.mktemp("provider")
    mirror = provider_mirror.find_mirror(os.environ)
    configuration = (
        {"TF_CLI_CONFIG_FILE": str(provider_mirror.write_cli_configuration(folder, mirror))} if mirror else {}
    )
    return {**os.environ, "CHECKPOINT_DISABLE": "1", **configuration}


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    """Dev, deployed twice."""
    folder = tmp_path_factory.mktemp("local") / "cloud"
    try:
        first_run, second_run = printed_by_deploy(folder), printed_by_deploy(folder)
        server = lifecycle.find(folder)
        assert server
        variables = variables_for(server, load("dev"), folder, provider_mirror.find_mirror(os.environ))
        yield Local(server, first_run, second_run, Terraform(folder / "cdktf.out" / "stacks" / "dev", variables))
    finally:
        lifecycle.stop(folder)


def printed_by_deploy(folder: Path) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        status = deploy("dev", PROJECT, folder)
    assert status == 0, printed.getvalue()
    return printed.getvalue()
