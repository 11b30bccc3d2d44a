"""IAM roles and policy documents."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from constructs import Construct

from .bindings import IamRole

ECS_TASKS = "ecs-tasks.amazonaws.com"
AWS_MANAGED_POLICY = "arn:aws:iam::aws:policy/"


class Statement(TypedDict):
    """A statement that allows actions on resources."""

    actions: Sequence[str]
    resources: Sequence[str]


def policy(*statements: Statement) -> str:
    """Render a policy document that allows the statements and nothing else.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
    """
    return _document(
        {"Effect": "Allow", "Action": list(each["actions"]), "Resource": list(each["resources"])} for each in statements
    )


def service_role(
    scope: Construct,
    id_: str,
    *,
    service: str,
    tags: Mapping[str, str],
    name: str | None = None,
    name_prefix: str | None = None,
) -> IamRole:
    """Define a role that one AWS service may assume, by its name or by the prefix of a generated one.

    Another name or prefix replaces the role.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
    """
    trust = _document([{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}])
    return IamRole(scope, id_, name=name, name_prefix=name_prefix, assume_role_policy=trust, tags=dict(tags))


def _document(statements: Iterable[Mapping[str, object]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
