"""Dev on the local AWS: deployed, switched, destroyed. The tests build on each other, in this order."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.client import BaseClient

from environments.loading import FOLDER
from local_cloud.server import EXEC_AGENT_FILE
from operations.verification.checks import CHECKS
from operations.verification.findings import Status
from tests.deploy.conftest import Prometheus
from tests.deploy.listings import CLUSTER, left
from tests.deploy.platforms import Local
from tests.deploy.shell import shell
from tests.exec_agent.agent import ExecAgent
from tests.unit.operations.verification.container import Container
from tests.unit.stack_json import Synth
from tests.unit.synthesis import synthesizer
from tests.unit.workflow_steps import step

SERVICES = ("backend", "frontend", "prometheus")
ALL_ON = {f"DEV__EXEC__{service.upper()}": "true" for service in SERVICES}
# Every step flips one toggle, and together they pass through all eight combinations, back to none.
TIMED = '{ reason = "incident 4711", until = 2026-12-01T18:00:00Z }'
WALK = ("backend", "frontend", "backend", "prometheus", "backend", "frontend", "backend", "prometheus")

GITHUB = {
    "DEV__DELIVERY__PRINCIPAL": "oidc",
    "DEV__DELIVERY__REPOSITORY": "davidshaevel/website",
    "DEV__DELIVERY__BRANCH": "main",
}

WORKER = """
[services.worker]
image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/davidshaevel/worker:1.0.0"
connects_to = ["database"]
"""


def test_the_first_deploy_creates_all_and_shows_the_outputs(local: Local) -> None:
    assert "0 changed, 0 destroyed." in local.first_run
    assert "  cluster_name = dev-davidshaevel-cluster\n" in local.first_run
    assert "make local-down" in local.first_run


def test_the_second_deploy_finds_it_and_changes_nothing(second_run: str) -> None:
    assert "Local AWS: found on" in second_run
    assert "Nothing changed" in second_run
    assert "cluster_name" not in second_run


def test_a_second_plan_is_empty(local: Local) -> None:
    assert local.terraform.plan() == {}


def test_every_service_runs_the_tasks_that_it_should(local: Local) -> None:
    names = [f"dev-davidshaevel-{service}" for service in SERVICES]
    services = local.client("ecs").describe_services(cluster=CLUSTER, services=names)["services"]
    assert {each["serviceName"]: each["runningCount"] for each in services} == dict(zip(names, (2, 2, 1), strict=True))


def test_every_service_is_found_by_its_name(local: Local) -> None:
    cloud_map = local.client("servicediscovery")
    ids = {each["Name"]: each["Id"] for each in cloud_map.list_services()["Services"]}
    registered = {name: cloud_map.list_instances(ServiceId=id_)["Instances"] for name, id_ in ids.items()}
    ports = {name: {each["Attributes"]["AWS_INSTANCE_PORT"] for each in found} for name, found in registered.items()}
    assert ports == {"backend": {"3001"}, "frontend": {"3000"}, "prometheus": {"9090"}}


def walk() -> Iterator[tuple[str, frozenset[str]]]:
    enabled: frozenset[str] = frozenset()
    for service in WALK:
        enabled ^= {service}
        yield service, enabled


@pytest.mark.parametrize(("service", "enabled"), list(walk()))
def test_a_toggle_touches_its_own_service_alone(
    local: Local, synth: Synth, service: str, enabled: frozenset[str]
) -> None:
    before = tasks(local)
    local.terraform.use(synth(**{f"DEV__EXEC__{name.upper()}": "true" for name in enabled}))
    grants = ["create"] if service in enabled else ["delete"]

    assert local.terraform.deploy() == {
        f'aws_iam_role_policy_attachment.ecs_exec["{service}"]': grants,
        f'aws_iam_role_policy.ecs_exec_session_log["{service}"]': grants,
        f"aws_ecs_service.{service}": ["update"],
        # A changed task definition is a new revision; the old one stays registered.
        f"aws_ecs_task_definition.{service}": ["delete", "create"],
    }

    after = tasks(local)
    assert {name for name in SERVICES if after[name] != before[name]} == {service}
    assert after[service].keys().isdisjoint(before[service])
    assert {name for name in SERVICES if all(after[name].values())} == enabled


def test_a_plan_after_the_toggles_is_empty(local: Local) -> None:
    assert local.terraform.plan() == {}


def test_a_reason_and_an_end_restart_no_task(local: Local, synth: Synth) -> None:
    local.terraform.use(synth(DEV__EXEC__BACKEND="true"))
    local.terraform.deploy()
    before = tasks(local)
    local.terraform.use(synth(DEV__EXEC__BACKEND=TIMED))
    assert local.terraform.deploy() == {"aws_ecs_service.backend": ["update"]}
    assert tasks(local) == before
    assert tags(local, "backend")["ExecReason"] == "incident 4711"
    local.terraform.use(synth())
    local.terraform.deploy()
    assert "ExecUntil" not in tags(local, "backend")


def test_a_worker_of_four_lines_touches_nothing_else(
    local: Local, synth: Synth, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("with-a-worker")
    for file in FOLDER.glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        (folder / file.name).write_text(text + WORKER * (file.name == "dev.toml"), encoding="utf-8")
    with_worker = synthesizer(tmp_path_factory, folder)("dev", DEV__EXEC__WORKER="true")
    local.terraform.use(with_worker)
    planned = local.terraform.plan()
    local.terraform.use(synth())
    new = {address: ["create"] for address in with_worker.instances - synth().instances}
    # CI may deploy it.
    assert planned == new | {"aws_iam_policy.delivery": ["update"]}


def test_old_revisions_stay_registered(local: Local) -> None:
    ecs = local.client("ecs")
    revisions = ecs.list_task_definitions(familyPrefix="dev-davidshaevel-backend", status="ACTIVE")
    assert len(revisions["taskDefinitionArns"]) > 1


def test_what_destroy_is_judged_by_sees_what_was_deployed(local: Local) -> None:
    assert left(local) >= {
        "MetricAlarms",
        "Vpcs",
        "NetworkInterfaces",
        "DBInstances",
        "Roles",
        "Buckets",
        "CertificateSummaryList",
        "DistributionList.Items",
        "Users",
    }


def test_a_certificate_that_waits_is_shown_with_its_records(local: Local, tmp_path: Path) -> None:
    state = json.loads(local.terraform.run("state", "pull"))
    (certificate,) = [each for each in state["resources"] if each["type"] == "aws_acm_certificate"]
    attributes = certificate["instances"][0]["attributes"]
    attributes["status"] = "PENDING_VALIDATION"
    waiting = tmp_path / "waiting.tfstate"
    waiting.write_text(json.dumps(state), encoding="utf-8")

    refusal = local.terraform.fail("plan", "-refresh=false", "-no-color", f"-state={waiting}")

    assert "The certificate of davidshaevel.com is not validated yet" in refusal
    for record in attributes["domain_validation_options"]:
        name, value = record["resource_record_name"], record["resource_record_value"]
        assert f"{name} CNAME {value}" in refusal


def test_an_account_without_githubs_provider_stops_the_plan(local: Local, synth: Synth) -> None:
    iam = local.client("iam")
    (known,) = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=known["Arn"])
    local.terraform.use(synth(**GITHUB))
    assert "finding IAM OIDC Provider by url" in local.terraform.fail("plan", "-no-color")
    # Whoever the account belongs to makes it, once.
    iam.create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"]
    )


def test_a_role_without_keys_takes_the_users_place(local: Local, synth: Synth) -> None:
    local.terraform.use(synth(**GITHUB))
    assert local.terraform.deploy() == {
        "aws_iam_user.delivery": ["delete"],
        "aws_iam_user_policy_attachment.delivery": ["delete"],
        "aws_iam_role.delivery": ["create"],
        "aws_iam_role_policy_attachment.delivery": ["create"],
    }
    assert local.terraform.plan() == {}


def test_what_was_deployed_passes_its_verification(
    local: Local, synth: Synth, prometheus: Prometheus, containers: dict[str, Container]
) -> None:
    """With ECS Exec on for all three: the whole path, to a real Prometheus inside its container."""
    local.terraform.use(synth(**ALL_ON))
    local.terraform.deploy()
    log(local, prometheus.log.read_text(encoding="utf-8").splitlines())

    containers["backend"].write("node", "echo v20.0.0")
    with ExecAgent(environments={name: each.environment for name, each in containers.items()}) as agent:
        agent.register(local.folder / EXEC_AGENT_FILE)
        verified = shell("make verify", local, **ALL_ON)
        shell(step("Verify"), local, **ALL_ON, ENVIRONMENT="dev")
        ran = shell(".venv/bin/python -m operations exec dev backend -- node --version", local)
    assert ran == "v20.0.0\n"
    lines = [line.split() for line in verified.splitlines() if line.startswith(tuple(map(str.upper, Status)))]
    # Backend and frontend still run the revision from before: CI/CD deploys the one with the init process. The domain's
    # real name does not lead here.
    but = {"exec": "WARN", "public": "SKIP"}
    assert {line[1]: line[0] for line in lines} == {check.name: "PASS" for check in CHECKS} | but
    assert "has no init process" in verified


def test_destroy_leaves_nothing_but_the_revisions(local: Local) -> None:
    local.terraform.run("destroy", "-auto-approve", "-input=false")
    assert local.terraform.run("state", "list") == ""
    assert left(local) == set()
    # As with AWS, a deleted cluster can be described for a while.
    (cluster,) = local.client("ecs").describe_clusters(clusters=[CLUSTER])["clusters"]
    assert cluster["status"] == "INACTIVE"


def log(local: Local, lines: list[str]) -> None:
    """Let the running Prometheus task have said these lines."""
    (arn,) = tasks(local)["prometheus"]
    stream = {"logGroupName": "/ecs/dev-davidshaevel/prometheus", "logStreamName": f"prometheus/prometheus/{arn[-32:]}"}
    now = int(time.time() * 1000)
    logs = local.client("logs")
    logs.create_log_stream(**stream)
    logs.put_log_events(**stream, logEvents=[{"timestamp": now, "message": line} for line in lines])


def tasks(local: Local) -> dict[str, dict[str, bool]]:
    """Return the running tasks of each service, with their ECS Exec settings."""
    ecs = local.client("ecs")
    return {service: dict(_tasks_of(ecs, service)) for service in SERVICES}


def _tasks_of(ecs: BaseClient, service: str) -> Iterator[tuple[str, bool]]:
    arns = ecs.list_tasks(cluster=CLUSTER, serviceName=f"dev-davidshaevel-{service}")["taskArns"]
    for task in ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"]:
        yield task["taskArn"], task["enableExecuteCommand"]


def tags(local: Local, service: str) -> dict[str, str]:
    """Return the tags of a service."""
    names = [f"dev-davidshaevel-{service}"]
    (found,) = local.client("ecs").describe_services(cluster=CLUSTER, services=names, include=["TAGS"])["services"]
    return {tag["key"]: tag["value"] for tag in found["tags"]}
