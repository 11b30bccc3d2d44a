"""A platform with a service of each kind on a local AWS of its own. The tests build on each other, in this order.

It has no NAT gateway and no flow logs, which take time and say nothing of services.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from environments import load
from operations.aws.clients import Clients
from operations.recovery.finders import FINDERS
from operations.recovery.planned import read_creates
from operations.recovery.search import Search
from operations.verification.findings import Status
from tests.deploy.conftest import PROJECT
from tests.deploy.listings import left
from tests.deploy.live_platform import LivePlatforms
from tests.deploy.platforms import Local, deployed
from tests.deploy.shell import checkout, typed
from tests.unit.kinds import RUNNING, changed, write
from tests.unit.operations.verification.seeded import STARTUP_LINE
from tests.unit.stack_json import Stack
from tests.unit.synthesis import synthesizer

pytestmark = pytest.mark.xdist_group("every-kind")

CLUSTER = "dev-acme-cluster"
CI_MAY = "aws_iam_policy.delivery"
LEAN = {"DEV__NETWORK__NAT_GATEWAYS": "none"}
# None of these images answers for its health, and no container is entered.
VERIFIED = {
    **dict.fromkeys(("service", "logs", "cloud-map", "load-balancer", "database", "cdn", "exec"), "PASS"),
    **dict.fromkeys(("http", "dns", "public"), "SKIP"),
    "task": "WARN",
}

Synthesize = Callable[..., Stack]


@pytest.fixture(scope="module")
def every_kind(tmp_path_factory: pytest.TempPathFactory) -> Synthesize:
    """Synthesize the platform with some services changed, and under overrides."""

    def synthesized(services: dict[str, None] | None = None, **variables: str) -> Stack:
        folder = write(tmp_path_factory.mktemp("kinds"), changed(services or {}))
        return synthesizer(tmp_path_factory, folder)("dev", **LEAN, **variables)

    return synthesized


@pytest.fixture(scope="module")
def kinds_aws(
    tmp_path_factory: pytest.TempPathFactory, every_kind: Synthesize, live_platforms: LivePlatforms
) -> Iterator[Local]:
    """The platform, deployed."""
    # The tests of test_adoption.py that run in this process come after these.
    live_platforms.begin_in("every-kind")
    root = tmp_path_factory.mktemp("every-kind")
    environment = load("dev", folder=write(root, changed({})), variables=LEAN)
    with deployed(root / "cloud", (environment, every_kind())) as (local,):
        # What its operations read the settings with.
        yield replace(local, terraform=replace(local.terraform, variables=local.terraform.variables | LEAN))


def test_a_second_plan_is_empty(kinds_aws: Local) -> None:
    assert kinds_aws.terraform.plan() == {}


def test_what_keeps_running_runs_and_the_job_is_scheduled(kinds_aws: Local) -> None:
    names = [f"dev-acme-{name}" for name in RUNNING]
    services = kinds_aws.client("ecs").describe_services(cluster=CLUSTER, services=names)["services"]
    assert {each["serviceName"] for each in services if each["runningCount"]} == set(names)
    assert kinds_aws.client("scheduler").get_schedule(Name="dev-acme-nightly")["State"] == "ENABLED"


def test_recovery_finds_all_of_it_after_the_loss_of_its_state(
    kinds_aws: Local, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = tmp_path / "plan"
    kinds_aws.terraform.run("plan", "-input=false", f"-state={tmp_path / 'lost.tfstate'}", f"-out={plan}")
    creates = read_creates(json.loads(kinds_aws.terraform.run("show", "-json", str(plan))))
    for name, value in kinds_aws.terraform.variables.items():
        monkeypatch.setenv(name, value)
    clients = Clients.of(load("dev"))
    found = Search(clients, clients, creates, FINDERS).find_all()
    assert found.keys() == {each.address for each in creates if each.type in FINDERS}
    assert "aws_scheduler_schedule.nightly" in found


def test_its_verification_knows_each_kind(kinds_aws: Local, tmp_path: Path) -> None:
    log(kinds_aws, "metrics", STARTUP_LINE)
    project = checkout(tmp_path / "project")
    settings = project / "environments"
    settings.unlink()
    shutil.copytree(PROJECT / settings.name, settings, ignore=shutil.ignore_patterns("*.toml"))
    write(settings, changed({}))
    done = typed(".venv/bin/python -m operations verify dev", kinds_aws.terraform.variables, folder=project)
    lines = [line.split() for line in done.stdout.splitlines() if line.startswith(tuple(map(str.upper, Status)))]
    assert {line[1]: line[0] for line in lines} == VERIFIED, done.stdout + done.stderr
    assert "of 5 services run, 1 of 1 job scheduled" in done.stdout


@pytest.mark.parametrize("service", ["worker", "nightly"])
def test_a_toggle_touches_its_own_service_alone(kinds_aws: Local, every_kind: Synthesize, service: str) -> None:
    kinds_aws.terraform.use(every_kind(**{f"DEV__EXEC__{service.upper()}": "true"}))
    planned = kinds_aws.terraform.plan()
    assert f"aws_ecs_task_definition.{service}" in planned
    assert [address for address in planned if service not in address] == []


def test_exec_for_the_worker_replaces_its_tasks_alone(kinds_aws: Local, every_kind: Synthesize) -> None:
    before = {name: tasks(kinds_aws, name) for name in RUNNING}
    kinds_aws.terraform.use(every_kind(DEV__EXEC__WORKER="true"))
    kinds_aws.terraform.deploy()
    after = {name: tasks(kinds_aws, name) for name in RUNNING}
    assert [name for name in RUNNING if after[name] != before[name]] == ["worker"]
    assert kinds_aws.terraform.plan() == {}


def test_a_service_that_is_removed_takes_nothing_else_along(kinds_aws: Local, every_kind: Synthesize) -> None:
    before, after = every_kind(DEV__EXEC__WORKER="true"), every_kind({"worker": None})
    others = {name: tasks(kinds_aws, name) for name in RUNNING if name != "worker"}
    kinds_aws.terraform.use(after)
    gone = {address: ["delete"] for address in before.instances - after.instances}
    assert kinds_aws.terraform.deploy() == gone | {CI_MAY: ["update"]}
    assert {name: tasks(kinds_aws, name) for name in others} == others
    assert kinds_aws.terraform.plan() == {}


def test_a_service_that_is_added_touches_no_other(kinds_aws: Local, every_kind: Synthesize) -> None:
    before, after = every_kind({"worker": None}), every_kind()
    kinds_aws.terraform.use(after)
    new = {address: ["create"] for address in after.instances - before.instances}
    assert kinds_aws.terraform.deploy() == new | {CI_MAY: ["update"]}


def test_destroy_leaves_nothing(kinds_aws: Local) -> None:
    kinds_aws.terraform.run("destroy", "-auto-approve", "-input=false")
    assert kinds_aws.terraform.run("state", "list") == ""
    assert left(kinds_aws) == set()


def tasks(local: Local, service: str) -> set[str]:
    """Return the running tasks of a service."""
    return set(local.client("ecs").list_tasks(cluster=CLUSTER, serviceName=f"dev-acme-{service}")["taskArns"])


def log(local: Local, service: str, line: str) -> None:
    """Let the one task of a service have said this."""
    (arn,) = tasks(local, service)
    stream = {"logGroupName": f"/ecs/dev-acme/{service}", "logStreamName": f"{service}/{service}/{arn[-32:]}"}
    logs = local.client("logs")
    logs.create_log_stream(**stream)
    logs.put_log_events(**stream, logEvents=[{"timestamp": int(time.time() * 1000), "message": line}])
