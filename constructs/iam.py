"""IAM roles and policy documents."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NotRequired, TypedDict

from .bindings import Construct, IamRole

ECS_TASKS = "ecs-tasks.amazonaws.com"
AWS_MANAGED_POLICY = "arn:aws:iam::aws:policy/"


class Statement(TypedDict):
    """A statement that allows actions on resources; if it has conditions, only under these."""

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
    *,
    service: str,
    tags: Mapping[str, str],
    name: str | None = None,
    name_prefix: str | None = None,
    for_account: str | None = None,
) -> IamRole:
    """Define a role that one AWS service may assume, with a name or with the prefix of a generated one.

    With ``for_account`` it may do so for that account alone. Changing the name or the prefix replaces the role.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
    """
    trust: dict[str, object] = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    if for_account:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
        trust["Condition"] = {"StringEquals": {"aws:SourceAccount": for_account}}
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
    allowed = {"Effect": "Allow", "Action": list(statement["actions"]), "Resource": list(statement["resources"])}
    return allowed | {"Condition": statement["conditions"]} if "conditions" in statement else allowed


def _document(statements: Iterable[Mapping[str, object]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
