"""Platforms on a local AWS of their own: the real Terraform in a stack's folder, and a way to deploy there."""

import json
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import boto3
from botocore.client import BaseClient

from environments import Environment
from local_cloud import lifecycle, provider_mirror
from local_cloud.record import Record
from local_cloud.variables import variables_for
from tests.deploy.warm_provider import attached, warm_provider
from tests.unit.stack_json import Stack

Process = subprocess.Popen[str]


@dataclass(frozen=True)
class Terraform:
    """The real Terraform, in one stack's folder."""

    folder: Path
    variables: dict[str, str]

    def run(self, *arguments: str) -> str:
        """Run a command to its end and return what it printed; a failure shows all of it."""
        done = self._done(arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def fail(self, *arguments: str) -> str:
        """Run a command that must fail, and return its complaint in one line."""
        done = self._done(arguments)
        assert done.returncode == 1, done.stdout + done.stderr
        return " ".join(done.stderr.replace("│", " ").split())

    def start(self, *arguments: str, output: int | IO[str] = subprocess.PIPE) -> Process:
        """Start a command; the caller waits for it, and reads what it prints unless that goes to a file."""
        return subprocess.Popen(  # noqa: S603 - arguments of the tests
            ["terraform", *arguments],  # noqa: S607 - wherever it is installed
            cwd=self.folder,
            env=attached(self.variables),
            stdout=output,
            stderr=output,
            text=True,
        )

    def _done(self, arguments: tuple[str, ...]) -> "subprocess.CompletedProcess[str]":
        process = self.start(*arguments)
        printed, complaint = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, printed, complaint)

    def plan(self) -> dict[str, list[str]]:
        """Plan to a file, and return what it would do to each resource that it would touch."""
        planned = self._done(("plan", "-input=false", "-out=plan", "-detailed-exitcode"))
        if planned.returncode == 0:
            # Nothing to do: reading the file would only start the provider once more.
            return {}
        assert planned.returncode == 2, planned.stdout + planned.stderr
        plan: dict[str, Any] = json.loads(self.run("show", "-json", "plan"))
        actions = {each["address"]: each["change"]["actions"] for each in plan["resource_changes"]}
        return {address: does for address, does in actions.items() if does != ["no-op"]}

    def apply(self) -> None:
        """Do what was planned."""
        self.run("apply", "-input=false", "plan")

    def deploy(self, *options: str) -> dict[str, list[str]]:
        """Plan and apply in one run, and return what was done to each resource, in the order in which it was done."""
        applied = self._done(("apply", "-auto-approve", "-input=false", "-json", *options))
        events = [json.loads(line) for line in applied.stdout.splitlines()]
        assert applied.returncode == 0, [each["@message"] for each in events if each["type"] == "diagnostic"]
        started = [each["hook"] for each in events if each["type"] == "apply_start"]
        done: dict[str, list[str]] = {}
        for hook in started:
            # What is only looked up is read.
            if hook["action"] != "read":
                done.setdefault(hook["resource"]["addr"], []).append(hook["action"])
        return done

    def at(self, url: str) -> "Terraform":
        """Return the same Terraform, whose AWS is elsewhere."""
        return replace(self, variables={**self.variables, "AWS_ENDPOINT_URL": url})

    def initialize(self, stack: Stack) -> None:
        """Begin with a synthesis."""
        self.folder.mkdir(parents=True)
        self.use(stack)
        self.run("init", "-input=false")

    def use(self, stack: Stack) -> None:
        """Take another synthesis of the same environment from now on."""
        (self.folder / "cdk.tf.json").write_text(stack.text, encoding="utf-8")


@dataclass(frozen=True)
class Local:
    """An environment on a local AWS: where it runs, what its first deploy printed, and Terraform to go on with."""

    folder: Path
    server: Record
    first_run: str
    terraform: Terraform

    def client(self, service: str) -> BaseClient:
        """Return a client of the local AWS."""
        return client(service, self.server)


def client(service: str, server: Record) -> BaseClient:
    """Return a client of a local AWS."""
    return boto3.client(
        service,
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - the local AWS takes any
    )


@contextmanager
def deployed(folder: Path, *stacks: tuple[Environment, Stack]) -> Iterator[list[Local]]:
    """Deploy environments side by side on a local AWS of their own, laid out as the local deploy lays it out."""
    server = lifecycle.start(folder, stacks[0][0].account_id)
    try:
        with ExitStack() as providers:
            terraforms = []
            for environment, stack in stacks:
                variables = variables_for(server, environment, folder, provider_mirror.find_mirror(os.environ))
                terraform = Terraform(folder / "cdktf.out" / "stacks" / environment.name, variables)
                terraform.initialize(stack)
                # One each: a provider is configured by the command that asked it last.
                warm = providers.enter_context(warm_provider(terraform.folder, variables))
                terraforms.append(replace(terraform, variables=warm))
            with ThreadPoolExecutor() as threads:
                list(threads.map(Terraform.deploy, terraforms))
            yield [Local(folder, server, "", each) for each in terraforms]
    finally:
        lifecycle.stop(folder)
