"""Rules about who may do what."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rules.configuration import Document, blocks
from rules.iam import Permission, reference
from rules.rule import Breach, Rule, Stack

_SERVICES = (".amazonaws.com", ".amazonaws.com.cn")
# Others, such as those with IfExists, also hold if the request says nothing.
_BINDING = ("StringEquals", "StringLike", "ArnEquals", "ArnLike")
_ACCOUNT_KEYS = ("aws:sourceaccount", "aws:sourcearn")


def _shared_roles(stack: Stack) -> Iterator[Breach]:
    tasks = list(stack.of_type("aws_ecs_task_definition"))
    execution = {reference(str(each.arguments.get("execution_role_arn"))) for each in tasks}
    for task in tasks:
        role = reference(str(task.arguments.get("task_role_arn")))
        if task.arguments.get("task_role_arn") and role in execution:
            yield Breach(task.address, f"its task role {role} is an execution role too")


def _exec_policies(stack: Stack) -> Iterator[Breach]:
    owners = {each.owner for each in stack.permissions.granted if _is_identity(each.owner)}
    for role in sorted(owners - _roles_with_exec(stack)):
        if policies := stack.permissions.opening_sessions(role):
            yield Breach(role, f"it can open sessions by {', '.join(sorted(policies))}")


def _is_identity(owner: str) -> bool:
    return not owner.startswith("aws_") or owner.startswith(("aws_iam_role.", "aws_iam_user.", "aws_iam_group."))


def _roles_with_exec(stack: Stack) -> set[str]:
    """Return the task roles of the services and jobs with ECS Exec on."""
    runs: list[Any] = [
        each.arguments.get("task_definition")
        for each in stack.of_type("aws_ecs_service")
        if each.arguments.get("enable_execute_command") is True
    ]
    runs += [
        parameters.get("task_definition_arn")
        for each in stack.of_type("aws_scheduler_schedule")
        for target in blocks(each.arguments, "target")
        for parameters in blocks(target, "ecs_parameters")
        if parameters.get("enable_execute_command") is True
    ]
    tasks = [task for run in runs if (task := stack.find(run))]
    return {reference(str(task.arguments.get("task_role_arn"))) for task in tasks}


def _wildcards(stack: Stack) -> Iterator[Breach]:
    for each in stack.allowed(identity=True):
        if "*" in each.action and each.resource.startswith("*"):
            yield Breach(each.source, f"it allows {each.action} on {each.resource}")
    for attachment in stack.attachments:
        if attachment.is_too_wide:
            yield Breach(attachment.owner, f"it has the policy {attachment.policy}")


def _trust(stack: Stack) -> Iterator[Breach]:
    for each in stack.allowed(identity=False):
        if each.source.startswith("aws_iam_role.") and not _is_trusted(each, stack):
            account = f"account {stack.environment.account_id}"
            named = "a repository in the sub of its tokens" if _takes_tokens(each) else account
            yield Breach(each.source, f"it trusts {each.principal} without naming {named}")


def _takes_tokens(trust: Permission) -> bool:
    return trust.action.lower() == "sts:assumerolewithwebidentity"


def _is_trusted(trust: Permission, stack: Stack) -> bool:
    account = stack.environment.account_id
    condition: Document = json.loads(trust.condition or "{}")
    if trust.principal.endswith(_SERVICES):
        return any(
            key.lower() in _ACCOUNT_KEYS and all(account in value for value in values)
            for key, values in _required(condition)
        )
    if _takes_tokens(trust):
        return any(key.endswith(":sub") and all(map(_is_narrow, values)) for key, values in _required(condition))
    return bool(stack.find(trust.principal)) or account in trust.principal.split(":")


def _is_narrow(subject: str) -> bool:
    """Whether the subject of a token names one repository, ``repo:owner/name:``, before whatever may stand there.

    https://docs.github.com/en/actions/reference/security/oidc
    """
    named = re.split(r"[*?]", subject, maxsplit=1)[0]
    return named == subject or named.count(":") > 1


def _required(condition: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Return what a request must have for a condition to hold: keys with the values that each may have."""
    for operator in _BINDING:
        for key, values in condition.get(operator, {}).items():
            yield key, [str(each) for each in (values if isinstance(values, list) else [values])]


def _unreadable(stack: Stack) -> Iterator[Breach]:
    for address in stack.permissions.unreadable:
        yield Breach(address, "its policy is put together by Terraform, so that no rule can read it")


RULES = (
    Rule(
        "separate-task-role",
        "A container must not have what ECS needs to start it: the secrets of all services.",
        "give the task definition a task role that is no execution role",
        _shared_roles,
    ),
    Rule(
        "exec-policy-with-exec",
        "A policy that opens sessions makes a shell one setting away.",
        "take the policy away, or switch ECS Exec on for the service whose task role it is",
        _exec_policies,
    ),
    Rule(
        "no-wildcard-on-everything",
        "Every action on every resource is what an attacker looks for.",
        "name the actions, or the resources",
        _wildcards,
    ),
    Rule(
        "trust-names-account",
        "A service that acts for every AWS account could be made to use the role from another one.",
        "add a StringEquals on aws:SourceAccount, or on the sub of a token; or name a role of the account",
        _trust,
    ),
    Rule(
        "readable-policy",
        "A policy that is not in the JSON escapes these rules and the review.",
        "write the document with constructs.iam.policy, not by a data source or jsonencode",
        _unreadable,
    ),
)
