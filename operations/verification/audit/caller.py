"""Whether the caller may use ECS Exec, and may not go past it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from operations.aws.caller import Caller
from operations.aws.clients import Document
from operations.aws.errors import AWS_ERRORS, explain
from operations.verification.audit.context import Context
from operations.verification.audit.permissions import refused
from operations.verification.findings import Finding, Status

_EXECUTE, _DATA_KEY, _START = "ecs:ExecuteCommand", "kms:GenerateDataKey", "ssm:StartSession"


@dataclass(frozen=True)
class CallerAudit:
    """The caller's findings; ``unknown`` says why the permissions could not be found out, if they could not."""

    findings: tuple[Finding, ...] = ()
    unknown: str = ""


def audit_caller(context: Context, tasks: Sequence[tuple[str, Document]]) -> CallerAudit:
    """Simulate the caller's policies for one task of each service, given with the service's name.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-best-practices-limit-access-execute-command
    """
    try:
        principal = context.caller.principal(context.platform.clients)
        if principal is None:
            return CallerAudit(unknown=f"IAM simulates no {context.caller.kind}")
        return CallerAudit((*_missing(context, principal, tasks), *_past_exec(context, principal, tasks)))
    except AWS_ERRORS as error:
        return CallerAudit(unknown=explain(error))
    except Exception as error:  # noqa: BLE001 - an emulator without the simulation fails in ways of its own
        return CallerAudit(unknown=f"IAM's simulation failed: {type(error).__name__}")


def _missing(context: Context, principal: str, tasks: Sequence[tuple[str, Document]]) -> Iterator[Finding]:
    shut = [name for name, task in tasks if _refuses(context, principal, _EXECUTE, name, task)]
    missing = [f"{_EXECUTE} in {', '.join(shut)}"] if shut else []
    if context.key_arn and refused(context.platform.clients.iam, principal, [_DATA_KEY], context.key_arn):
        missing.append(f"{_DATA_KEY} with the key of sessions")
    if missing:
        reason = f"you ({_name(context.caller)}) may not {' nor '.join(missing)}"
        remedy = f"python -m operations exec {context.platform.environment.name} --print-policy prints what it takes"
        yield Finding(Status.WARN, "exec.caller", reason, remedy)


def _past_exec(context: Context, principal: str, tasks: Sequence[tuple[str, Document]]) -> Iterator[Finding]:
    """Find a caller who may start a session without ECS Exec.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-limit-access-start-session
    """
    opened = [name for name, task in tasks if not _refuses(context, principal, _START, name, task)]
    if opened:
        what = f"{_START} on tasks of {', '.join(opened)}"
        reason = f"you ({_name(context.caller)}) may {what}, past ECS Exec and its log"
        tasks_arn = context.arns.regional("ecs", "task/*")
        yield Finding(Status.WARN, "exec.start-session", reason, f"deny {_START} on {tasks_arn} to this role or user")


def _refuses(context: Context, principal: str, action: str, container: str, task: Document) -> bool:
    values = {"ecs:cluster": str(context.cluster["clusterArn"]), "ecs:container-name": container}
    return bool(refused(context.platform.clients.iam, principal, [action], task["taskArn"], values))


def _name(caller: Caller) -> str:
    return caller.arn.split(":", 5)[5]
