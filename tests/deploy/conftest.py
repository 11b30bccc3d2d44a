"""Deploys dev on a local AWS of its own, with the real Terraform and provider; the tests go on from there."""

import io
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from environments import Environment, load
from local_cloud import lifecycle, provider_mirror
from local_cloud.deploy import deploy
from local_cloud.variables import variables_for
from tests.deploy.live_platform import LivePlatform, LivePlatforms
from tests.deploy.planted import PLANTED
from tests.deploy.platforms import Local, Process, Terraform, deployed
from tests.deploy.warm_provider import warm_provider
from tests.unit.operations.verification.container import Container
from tests.unit.stack_json import Synth

PROJECT = Path(__file__).parents[2]
_START_SECONDS = 30


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
    with deployed(tmp_path_factory.mktemp("dev") / "cloud", (load("dev"), synth())) as (local,):
        yield local


@pytest.fixture(scope="session")
def dev_and_staging(tmp_path_factory: pytest.TempPathFactory, synth: Synth) -> Iterator[list[Local]]:
    """Dev and staging in one account, deployed by Terraform alone."""
    stacks = [(load(name), synth(name)) for name in ("dev", "staging")]
    with deployed(tmp_path_factory.mktemp("both") / "cloud", *stacks) as both:
        yield both


@pytest.fixture(scope="session")
def dev_beside_staging(dev_and_staging: list[Local]) -> Local:
    """Dev, in an account in which staging is too."""
    return dev_and_staging[0]


@pytest.fixture(scope="session")
def second_run(local: Local) -> str:
    """What the second deploy of the same dev printed, while secrets are about."""
    return printed_by_deploy(local.folder, **PLANTED)


@pytest.fixture(scope="session")
def secrets(local: Local) -> Mapping[str, str]:
    """What was planted, and the database's password."""
    manager = local.client("secretsmanager")
    (secret,) = manager.list_secrets()["SecretList"]
    password = json.loads(manager.get_secret_value(SecretId=secret["ARN"])["SecretString"])["password"]
    assert len(password) > 8
    return {**PLANTED, "the database's password": password}


@pytest.fixture(scope="session")
def unanswered(local: Local) -> Iterator[Process]:
    """A plan that reaches no AWS, while secrets are about: the provider tries for half a minute."""
    nowhere = replace(local.terraform, variables=local.terraform.variables | PLANTED).at("http://127.0.0.1:9")
    with nowhere.start("plan", "-input=false", "-no-color", "-lock=false") as plan:
        yield plan
        plan.kill()


@pytest.fixture(scope="session")
def live_platforms(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[LivePlatforms]:
    """The platforms in HCL that tests of this run ask for."""
    parameters = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    wanted = {each["live"] for each in parameters if "live" in each}
    with LivePlatforms(tmp_path_factory.mktemp("live"), wanted) as platforms:
        yield platforms


@pytest.fixture(scope="session")
def live(live_platforms: LivePlatforms, request: pytest.FixtureRequest) -> LivePlatform:
    """Dev in the owner's HCL, with one of its choices, on a local AWS of its own."""
    return live_platforms.applied(request.param)


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
