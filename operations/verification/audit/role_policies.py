"""The policies of a role, read from IAM: those attached to it, and those inside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations.aws.clients import Clients

# Any: a policy document, which boto3 answers decoded.
PolicyDocument = Mapping[str, Any]


@dataclass(frozen=True)
class Policy:
    """One policy of a role; ``arn`` is empty if it is inline."""

    name: str
    arn: str
    document: PolicyDocument


def read_policies(clients: Clients, role: str) -> list[Policy]:
    """Read a role's policies by its name, attached ones first.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
    """
    return [*_attached(clients, role), *_inline(clients, role)]


def read_boundary(clients: Clients, role: str) -> PolicyDocument | None:
    """Read a role's permissions boundary, None without one."""
    boundary = clients.iam.get_role(RoleName=role)["Role"].get("PermissionsBoundary")
    return _managed(clients, boundary["PermissionsBoundaryArn"]) if boundary else None


def _attached(clients: Clients, role: str) -> Iterator[Policy]:
    for page in clients.iam.get_paginator("list_attached_role_policies").paginate(RoleName=role):
        for policy in page["AttachedPolicies"]:
            arn = policy["PolicyArn"]
            yield Policy(policy["PolicyName"], arn, _managed(clients, arn))


def _inline(clients: Clients, role: str) -> Iterator[Policy]:
    for page in clients.iam.get_paginator("list_role_policies").paginate(RoleName=role):
        for name in page["PolicyNames"]:
            yield Policy(name, "", clients.iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])


def _managed(clients: Clients, arn: str) -> PolicyDocument:
    version = clients.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    policy = clients.iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
    document: PolicyDocument = policy["Document"]
    return document
