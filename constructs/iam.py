"""IAM roles and policy documents."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, NotRequired, TypedDict

from environments import Environment

from .bindings import Construct, IamRole


class Trusted(NamedTuple):
    """An AWS service that may assume a role, and the resources for which it does, if AWS says how it names them.

    ``sources`` are the service and the resource in their ARNs.
    """

    service: str
    sources: tuple[str, str] | None = None


# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#create_task_iam_policy_and_role
ECS_TASKS = Trusted("ecs-tasks.amazonaws.com", ("ecs", "*"))


class Statement(TypedDict):
    """A statement that allows actions on resources; if it has conditions, only under these; ``sid`` names it."""

    sid: NotRequired[str]
    actions: Sequence[str]
    resources: Sequence[str]
    conditions: NotRequired[Mapping[str, Mapping[str, str]]]


def policy(*statements: Statement) -> str:
    """Render a policy document that allows the statements and nothing else.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
    """
    return _document(_allow(each) for each in statements)


def service_role(
    scope: Construct,
    id_: str,
    environment: Environment,
    *,
    trusted: Trusted,
    tags: Mapping[str, str],
    name: str | None = None,
    name_prefix: str | None = None,
) -> IamRole:
    """Define a role that one AWS service may assume, with a name or with the prefix of a generated one.

    The service may do so for resources of the environment's account alone: otherwise it could be made to act with this
    role from another one. Changing the name or the prefix replaces the role; changing who is trusted does not.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    conditions: dict[str, object] = {"StringEquals": {"aws:SourceAccount": environment.account_id}}
    if trusted.sources:
        conditions["ArnLike"] = {"aws:SourceArn": environment.arns.regional(*trusted.sources)}
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": trusted.service},
        "Action": "sts:AssumeRole",
        "Condition": conditions,
    }
    document = _document([trust])
    return IamRole(scope, id_, name=name, name_prefix=name_prefix, assume_role_policy=document, tags=dict(tags))


def web_identity_role(
    scope: Construct,
    id_: str,
    *,
    provider_arn: str,
    claims: Mapping[str, str],
    name: str,
    path: str,
    tags: Mapping[str, str],
) -> IamRole:
    """Define a role that the holder of an identity provider's token may assume, if it has exactly these claims.

    Changing the name or the path replaces the role.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
    """
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": provider_arn},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": dict(claims)},
    }
    return IamRole(scope, id_, name=name, path=path, assume_role_policy=_document([trust]), tags=dict(tags))


def _allow(statement: Statement) -> Mapping[str, object]:
    allowed: dict[str, object] = {"Sid": statement["sid"]} if "sid" in statement else {}
    allowed |= {"Effect": "Allow", "Action": list(statement["actions"]), "Resource": list(statement["resources"])}
    return allowed | {"Condition": statement["conditions"]} if "conditions" in statement else allowed


def _document(statements: Iterable[Mapping[str, object]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
