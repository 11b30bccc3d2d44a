"""The exec audit: whether ECS Exec has all that it needs, read from the running task and not from the service."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from operations.aws.clients import Document
from operations.text import many
from operations.verification.audit.permissions import SIMULATION, Permissions
from operations.verification.audit.role import audit_role
from operations.verification.audit.route import audit_route
from operations.verification.audit.sessions import audit_sessions
from operations.verification.audit.task import audit_task
from operations.verification.deployed import Deployed
from operations.verification.findings import CannotCheckError, Finding, Seen, Status
from operations.verification.platform import Platform


class _Audited(NamedTuple):
    """One service's findings, and how its permissions were found out."""

    findings: list[Finding]
    source: str = SIMULATION


def audit_exec(platform: Platform) -> Seen:
    """Audit every service that has ECS Exec on, by the settings or in fact.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec-troubleshooting.html
    """
    services = [name for name in platform.deployed if platform.exec_is_wanted(name) or platform.exec_runs(name)]
    if not services:
        name = platform.environment.name
        reason = "ECS Exec is off for all services: what is inside the containers cannot be checked"
        remedy = f"switch on exec.backend and exec.prometheus in {platform.file}, then cdktf deploy {name}"
        return Seen("nothing to audit", {"services_audited": 0}, (Finding(Status.SKIP, "exec.off", reason, remedy),))
    cluster = _cluster(platform)
    with ThreadPoolExecutor(len(services)) as pool:
        audited = list(pool.map(lambda name: _audit(platform.deployed[name], cluster, platform), services))
    findings = tuple(finding for each in audited for finding in each.findings)
    sources = " and ".join(sorted({each.source for each in audited}))
    return Seen(
        f"{many(len(services), 'service')}, {many(len(findings), 'finding')}; permissions by {sources}",
        {"services_audited": len(services), "findings": len(findings)},
        findings,
    )


def _audit(deployed: Deployed, cluster: Document, platform: Platform) -> _Audited:
    try:
        platform.require_tasks(deployed.name)
    except CannotCheckError as error:
        return _Audited([error.finding])
    if not platform.exec_runs(deployed.name):
        # Nothing else can be read of a task that has no agent.
        return _Audited([platform.exec_is_off(deployed.name)])
    with ThreadPoolExecutor(1) as pool:
        route = pool.submit(lambda: list(audit_route(deployed, platform)))
        granted = _of_role(deployed, cluster, platform)
        return granted._replace(findings=[*_of_tasks(deployed), *route.result(), *granted.findings])


def _of_role(deployed: Deployed, cluster: Document, platform: Platform) -> _Audited:
    name, role = deployed.name, deployed.definition.get("taskRoleArn")
    if not role:
        reason = f"{name}: the task has no task role, so nobody may open its control channel"
        remedy = f"give the task definition a taskRoleArn: cdktf deploy {platform.environment.name}"
        return _Audited([Finding(Status.FAIL, f"{name}.task-role", reason, remedy)])
    permissions = Permissions(platform.clients, role)
    findings = [*audit_role(name, role, permissions), *audit_sessions(name, cluster, permissions, platform)]
    return _Audited(findings, permissions.source)


def _of_tasks(deployed: Deployed) -> Iterator[Finding]:
    """Return each finding once, however many tasks have it."""
    found: dict[str, Finding] = {}
    for task in deployed.tasks:
        for finding in audit_task(deployed, task):
            found.setdefault(finding.id, finding)
    yield from found.values()


def _cluster(platform: Platform) -> Document:
    cluster: Document = platform.clients.ecs.describe_clusters(
        clusters=[platform.environment.cluster_name], include=["CONFIGURATIONS"]
    )["clusters"][0]
    return cluster
