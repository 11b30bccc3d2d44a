"""Deploys dev on a local AWS of its own, with the real Terraform and provider; the tests go on from there."""

import io
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient

from environments import Environment, load
from local_cloud import lifecycle, provider_mirror
from local_cloud.deploy import deploy
from local_cloud.record import Record
from local_cloud.variables import variables_for
from tests.deploy.live_platform import LIVE, LivePlatform
from tests.deploy.planted import PLANTED
from tests.deploy.warm_provider import attached, warm_provider
from tests.unit.operations.verification.container import Container
from tests.unit.stack_json import Stack, Synth

PROJECT = Path(__file__).parents[2]
_START_SECONDS = 30


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

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command; the caller waits for it."""
        return subprocess.Popen(  # noqa: S603 - arguments of the tests
            ["terraform", *arguments],  # noqa: S607 - wherever it is installed
            cwd=self.folder,
            env=attached(self.variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
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
    """Dev on a local AWS: where it runs, what its first deploy printed, and Terraform to go on with."""

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
    """Dev, deployed while secrets are about: see test_deployed_secrets.py."""
    folder = tmp_path_factory.mktemp("local") / "cloud"
    try:
        first_run = printed_by_deploy(folder, **PLANTED)
        server = lifecycle.find(folder)
        assert server
        variables = variables_for(server, load("dev"), folder, provider_mirror.find_mirror(os.environ))
        stack = folder / "cdktf.out" / "stacks" / "dev"
        with warm_provider(stack, variables) as warm:
            yield Local(folder, server, first_run, Terraform(stack, warm))
    finally:
        lifecycle.stop(folder)


@pytest.fixture(scope="session")
def dev_aws(tmp_path_factory: pytest.TempPathFactory, synth: Synth) -> Iterator[Local]:
    """Dev, deployed by Terraform alone."""
    with deployed(tmp_path_factory.mktemp("dev") / "cloud", load("dev"), synth()) as local:
        yield local


@contextmanager
def deployed(folder: Path, environment: Environment, stack: Stack) -> Iterator[Local]:
    """Deploy an environment on a local AWS of its own, laid out as the local deploy lays it out."""
    server = lifecycle.start(folder, environment.account_id)
    try:
        variables = variables_for(server, environment, folder, provider_mirror.find_mirror(os.environ))
        terraform = Terraform(folder / "cdktf.out" / "stacks" / environment.name, variables)
        terraform.initialize(stack)
        with warm_provider(terraform.folder, variables) as warm:
            terraform = replace(terraform, variables=warm)
            terraform.deploy()
            yield Local(folder, server, "", terraform)
    finally:
        lifecycle.stop(folder)


@pytest.fixture(scope="session")
def second_run(local: Local) -> str:
    """What the second deploy of the same dev printed, while secrets are about."""
    return printed_by_deploy(local.folder, **PLANTED)


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[LivePlatform]:
    """Dev in the owner's HCL, with one of its choices, on a local AWS of its own."""
    folder = tmp_path_factory.mktemp("live")
    environment = load("dev")
    server = lifecycle.start(folder / "cloud", environment.account_id)
    try:
        variables = variables_for(server, environment, folder / "cloud", provider_mirror.find_mirror(os.environ))
        certificate = client("acm", server).request_certificate(DomainName="davidshaevel.com")["CertificateArn"]
        choice = LIVE[request.param].with_certificate(certificate)
        platform = LivePlatform(choice, server, folder / "terraform.tfstate", Terraform(folder / "hcl", variables))
        platform.initialize()
        with warm_provider(platform.terraform.folder, variables) as warm:
            platform = replace(platform, terraform=replace(platform.terraform, variables=warm))
            platform.apply()
            yield platform
    finally:
        lifecycle.stop(folder / "cloud")


def printed_by_deploy(folder: Path, **variables: str) -> str:
    """Deploy dev as a person does, and return what that printed."""
    printed = io.StringIO()
    with redirect_stdout(printed), pytest.MonkeyPatch.context() as patch:
        for variable, value in variables.items():
            patch.setenv(variable, value)
        status = deploy("dev", PROJECT, folder)
    assert status == 0, printed.getvalue()
    return printed.getvalue()


@dataclass(frozen=True)
class Prometheus:
    """A real server on loopback, and what it has logged since it started."""

    port: int
    log: Path


@pytest.fixture(scope="session")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Start a real Prometheus that scrapes itself under the names of the platform's jobs, once per task."""
    program = shutil.which("prometheus")
    if program is None:
        remedy = "prometheus is not installed; Debian's package is prometheus: apt-get install prometheus"
        if os.environ.get("CI") == "true":
            pytest.fail(remedy)
        pytest.skip(remedy)
    folder = tmp_path_factory.mktemp("prometheus")
    port = free_port()
    # The same address is a target of its own under another label.
    jobs = [
        {
            "job_name": job,
            "static_configs": [{"targets": [f"127.0.0.1:{port}"], "labels": {"task": str(n)}} for n in range(count)],
        }
        for job, count in _scraped(load("dev")).items()
    ]
    # YAML reads JSON too.
    (folder / "prometheus.yml").write_text(json.dumps({"global": {"scrape_interval": "3s"}, "scrape_configs": jobs}))
    command = [
        program,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    log = folder / "log"
    with log.open("w") as output, subprocess.Popen(command, stdout=output, stderr=output) as server:  # noqa: S603
        try:
            _wait_until_scraped(port)
            yield Prometheus(port, log)
        finally:
            server.terminate()


@pytest.fixture
def containers(tmp_path: Path, prometheus: Prometheus) -> dict[str, Container]:
    """What the images have in them; in the VPC, the name of Prometheus leads to it."""
    made = {name: Container(tmp_path / name).install("sh", "cat", "curl") for name in ("backend", "prometheus")}
    for container in made.values():
        container.lead(prometheus.port)
    made["backend"].write("getent", 'echo "10.0.11.4 $2"')
    return made


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _scraped(environment: Environment) -> dict[str, int]:
    """Return the jobs of the platform's Prometheus, with as many targets as each service has tasks."""
    return {name: environment.desired_counts[name] for name in (*environment.metrics_paths, *environment.scrapers)}


def _wait_until_scraped(port: int) -> None:
    """Wait until every target has been scraped once."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/targets") as answer:
                targets = json.load(answer)["data"]["activeTargets"]
        except OSError:
            targets = []
        if targets and all(target["health"] == "up" for target in targets):
            return
        time.sleep(0.1)
    pytest.fail(f"Prometheus is not up after {_START_SECONDS} s")
