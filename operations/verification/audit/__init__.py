"""The exec audit: who can get in through ECS Exec, and whether it has all that it needs.

It is read from the running tasks, not from the services: a task keeps the setting that it started with.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from operations.aws.clients import Document
from operations.text import many
from operations.verification.audit.caller import CallerAudit, audit_caller
from operations.verification.audit.context import Context, read_context
from operations.verification.audit.definition import audit_definition
from operations.verification.audit.excess import audit_excess, audit_managed_policy
from operations.verification.audit.exposure import audit_exposure
from operations.verification.audit.permissions import SIMULATION, Permissions
from operations.verification.audit.role import audit_role
from operations.verification.audit.route import audit_route
from operations.verification.audit.session_log import audit_session_log
from operations.verification.audit.sessions import audit_sessions
from operations.verification.audit.task import audit_task, task_role
from operations.verification.deployed import Deployed
from operations.verification.findings import CannotCheckError, Finding, Seen, Status
from operations.verification.platform import Platform


class _Audited(NamedTuple):
    """One service's findings, and how its permissions were found out."""

    findings: list[Finding]
    source: str = SIMULATION


def audit_exec(platform: Platform) -> Seen:
    """Audit ECS Exec wherever it is on, by the settings or in fact.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec-troubleshooting.html
    """
    services = [name for name in platform.deployed if platform.exec_is_wanted(name) or platform.exec_runs(name)]
    with ThreadPoolExecutor(len(services) + 2) as pool:
        exposure = pool.submit(lambda: tuple(audit_exposure(platform)))
        context = read_context(platform)
        if not services:
            return _off(exposure.result())
        caller = pool.submit(audit_caller, context, _one_task_of_each(platform))
        audited = list(pool.map(lambda name: _audit(platform.deployed[name], context), services))
        findings = (
            *exposure.result(),
            *audit_session_log(context),
            *audit_managed_policy(context),
            *caller.result().findings,
            *(finding for each in audited for finding in each.findings),
        )
        return _seen(audited, findings, caller.result())


def _off(exposure: tuple[Finding, ...]) -> Seen:
    counts = {"services_audited": 0, "findings": len(exposure)}
    return Seen("on for no service" if exposure else "off everywhere, as the settings say", counts, exposure)


def _seen(audited: Sequence[_Audited], findings: tuple[Finding, ...], caller: CallerAudit) -> Seen:
    sources = " and ".join(sorted({each.source for each in audited}))
    unknown = f"; your own permissions unknown ({caller.unknown})" if caller.unknown else ""
    return Seen(
        f"{many(len(audited), 'service')}, {many(len(findings), 'finding')}; permissions by {sources}{unknown}",
        {"services_audited": len(audited), "findings": len(findings)},
        tuple(sorted(findings, key=lambda finding: finding.status is not Status.FAIL)),
    )


def _one_task_of_each(platform: Platform) -> list[tuple[str, Document]]:
    first = {
        name: next((task for task in each.tasks if task.get("enableExecuteCommand")), None)
        for name, each in platform.deployed.items()
    }
    return [(name, task) for name, task in first.items() if task]


def _audit(deployed: Deployed, context: Context) -> _Audited:
    platform = context.platform
    try:
        platform.require_tasks(deployed.name)
    except CannotCheckError as error:
        return _Audited([error.finding])
    if not platform.exec_runs(deployed.name):
        # Nothing else can be read of a task that has no agent.
        return _Audited([platform.exec_is_off(deployed.name)])
    with ThreadPoolExecutor(1) as pool:
        route = pool.submit(lambda: list(audit_route(deployed, platform)))
        granted = _of_roles(deployed, context)
        return granted._replace(findings=[*_of_tasks(deployed, platform), *route.result(), *granted.findings])


def _of_tasks(deployed: Deployed, platform: Platform) -> Iterator[Finding]:
    wanted = platform.exec_is_wanted(deployed.name)
    tasks = [task for task in deployed.tasks if wanted or task.get("enableExecuteCommand")]
    yield from _once(lambda task: audit_task(deployed, task), tasks)
    yield from audit_definition(deployed)


def _once(audit: Callable[[Document], Iterator[Finding]], tasks: Sequence[Document]) -> Iterator[Finding]:
    """Return each finding once, however many tasks have it."""
    found: dict[str, Finding] = {}
    for task in tasks:
        for finding in audit(task):
            found.setdefault(finding.id, finding)
    yield from found.values()


def _of_roles(deployed: Deployed, context: Context) -> _Audited:
    roles = sorted({task_role(deployed, task) for task in deployed.tasks if task.get("enableExecuteCommand")})
    audited = [_of_role(deployed.name, role, context) for role in roles]
    return _Audited([finding for each in audited for finding in each.findings], audited[-1].source)


def _of_role(name: str, role: str, context: Context) -> _Audited:
    if not role:
        reason = f"{name}: the task has no task role, so its control channel cannot be opened"
        remedy = f"give the task definition a taskRoleArn: cdktf deploy {context.platform.environment.name}"
        return _Audited([Finding(Status.FAIL, f"{name}.task-role", reason, remedy)])
    permissions = Permissions(context.platform.clients, role)
    findings = [
        *audit_role(name, role, permissions),
        *audit_sessions(name, permissions, context),
        *audit_excess(name, permissions, context),
    ]
    return _Audited(findings, permissions.source)
