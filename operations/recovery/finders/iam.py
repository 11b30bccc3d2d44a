"""Who may do what, and the keys that encrypt."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from operations.recovery.planned import Planned
from operations.recovery.search import Finders, Match, Search, tags_of


def _role(search: Search, planned: Planned) -> Iterator[Match]:
    for role in search.list("iam", "list_roles", "Roles"):
        name = role["RoleName"]
        if planned.is_named(name):
            tags = search.list("iam", "list_role_tags", "Tags", RoleName=name)
            if planned.is_described_by(tags_of(tags)):
                yield Match(name)


def _user(search: Search, planned: Planned) -> Iterator[Match]:
    name = planned.arguments["name"]
    tags = search.list("iam", "list_user_tags", "Tags", UserName=name)
    if planned.is_described_by(tags_of(tags)):
        yield Match(name)


def _policy(search: Search, planned: Planned) -> Iterator[Match]:
    for policy in search.list("iam", "list_policies", "Policies", Scope="Local"):
        arn = policy["Arn"]
        if planned.is_named(policy["PolicyName"]):
            tags = search.list("iam", "list_policy_tags", "Tags", PolicyArn=arn)
            if planned.is_described_by(tags_of(tags)):
                yield Match(arn)


def _key(search: Search, planned: Planned) -> Iterator[Match]:
    for key in search.list("kms", "list_keys", "Keys"):
        id_ = key["KeyId"]
        try:
            described = search.clients.kms.describe_key(KeyId=id_)["KeyMetadata"]
            if described["KeyManager"] != "CUSTOMER" or described["KeyState"] == "PendingDeletion":
                continue
            tags = search.list("kms", "list_resource_tags", "Tags", KeyId=id_)
        except ClientError as error:
            # A key may hide from everyone but its owner. The platform's own are open to all who administer the account.
            if error.response["Error"]["Code"] == "AccessDeniedException":
                continue
            raise
        if planned.is_described_by(tags_of(tags)):
            yield Match(id_)


def _alias(search: Search, planned: Planned) -> Iterator[Match]:
    name = planned.arguments["name"]
    if any(alias["AliasName"] == name for alias in search.list("kms", "list_aliases", "Aliases")):
        yield Match(name)


FINDERS: Finders = {
    "aws_iam_policy": _policy,
    "aws_iam_role": _role,
    "aws_iam_user": _user,
    "aws_kms_alias": _alias,
    "aws_kms_key": _key,
}
