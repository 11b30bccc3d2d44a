"""IAM as permissions: what identities win and lose, whatever the policies look like."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from rules.configuration import Configuration, Resource, blocks

# Where a policy is, and whether it says what its owner may do (identity) or who may use its owner (resource).
POLICIES = {
    ("aws_iam_policy", "policy"): True,
    ("aws_iam_role_policy", "policy"): True,
    ("aws_iam_user_policy", "policy"): True,
    ("aws_iam_group_policy", "policy"): True,
    ("aws_iam_role", "assume_role_policy"): False,
    ("aws_kms_key", "policy"): False,
    ("aws_s3_bucket_policy", "policy"): False,
    ("aws_sns_topic_policy", "policy"): False,
    ("aws_sqs_queue_policy", "policy"): False,
    ("aws_ecr_repository_policy", "policy"): False,
    ("aws_efs_file_system_policy", "policy"): False,
    ("aws_secretsmanager_secret_policy", "policy"): False,
}
# AWS's own policies of every action on every resource, of one service or of all.
_TOO_WIDE = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "FullAccess")
_SESSION = "ssmmessages:opendatachannel"
# AWS's own policies with which an agent opens sessions.
_SESSION_POLICIES = ("AmazonSSMManagedInstanceCore", "AmazonSSMFullAccess", "AdministratorAccess")
_ATTACHMENTS = {
    "aws_iam_role_policy_attachment": "role",
    "aws_iam_user_policy_attachment": "user",
    "aws_iam_group_policy_attachment": "group",
}


@dataclass(frozen=True, order=True)
class Permission:
    """One action on one resource that a policy allows or denies; ``principal`` is who, in a resource's own policy."""

    owner: str
    effect: str
    action: str
    resource: str
    principal: str = ""
    condition: str = ""
    identity: bool = True
    source: str = field(default="", compare=False)
    """The address of the policy that says so."""

    def __str__(self) -> str:
        return self.with_actions(self.action)

    def with_actions(self, actions: str) -> str:
        """Say it of several actions at once."""
        denied = "" if self.effect == "Allow" else "denied "
        target = f"{self.principal} may {actions}" if self.principal else f"{actions} on {self.resource}"
        return f"{self.owner}: {denied}{target}" + (f" if {self.condition}" if self.condition else "")

    @property
    def opens_sessions(self) -> bool:
        """Whether an agent that has it can open sessions."""
        action = self.action.lower()
        return self.effect == "Allow" and self.identity and fnmatchcase(_SESSION, action)

    def covers(self, other: "Permission") -> bool:
        """Whether it says what the other says, and perhaps more."""
        same = ("owner", "effect", "principal", "condition")
        return (
            all(getattr(self, name) == getattr(other, name) for name in same)
            and fnmatchcase(other.action.lower(), self.action.lower())
            and fnmatchcase(other.resource, self.resource.replace("[", "[[]"))
        )


@dataclass(frozen=True, order=True)
class Attachment:
    """A policy that an identity has."""

    owner: str
    policy: str

    @property
    def is_too_wide(self) -> bool:
        """Whether it is one of AWS's own that allow all of a service, or of every service."""
        return self.policy.startswith("arn:") and self.policy.endswith(_TOO_WIDE)

    def __str__(self) -> str:
        return f"{self.owner}: the policy {self.policy}"


@dataclass(frozen=True)
class Permissions:
    """All permissions of a configuration; ``unreadable`` are policies that only Terraform can put together."""

    granted: frozenset[Permission | Attachment]
    unreadable: Mapping[str, Any]

    @classmethod
    def of(cls, configuration: Configuration) -> "Permissions":
        """Read every policy and attachment."""
        granted: set[Permission | Attachment] = set()
        unreadable = {}
        for resource in configuration.resources.values():
            granted |= set(_attachments(resource))
            for text, identity in _policies(resource):
                try:
                    granted |= set(_permissions(resource, json.loads(text), identity=identity))
                except (ValueError, TypeError, AttributeError, KeyError):
                    unreadable[resource.address] = text
        return cls(frozenset(granted), unreadable)

    def opening_sessions(self, identity: str) -> set[str]:
        """Return the policies of an identity that let an agent open sessions."""
        opening = {each.owner for each in self.granted if isinstance(each, Permission) and each.opens_sessions}
        attached = {each.policy for each in self.granted if isinstance(each, Attachment) and each.owner == identity}
        managed = {each.rpartition("/")[2] for each in attached if each.endswith(_SESSION_POLICIES)}
        return managed | (attached & opening) | ({identity} & opening)

    def beyond(self, other: "Permissions") -> list[Permission | Attachment]:
        """Return what these permit and the others do not, not even in wider words."""
        return sorted(
            (each for each in self.granted - other.granted if not _covered(each, other.granted)),
            key=lambda each: (type(each).__name__, str(each)),
        )


def in_words(granted: Iterable[Permission | Attachment]) -> list[str]:
    """Return a line per owner and resource, with all the actions on it."""
    actions: dict[Permission | Attachment, list[str]] = {}
    for each in granted:
        key = replace(each, action="") if isinstance(each, Permission) else each
        actions.setdefault(key, []).append(each.action if isinstance(each, Permission) else "")
    return [
        key.with_actions(", ".join(found)) if isinstance(key, Permission) else str(key)
        for key, found in actions.items()
    ]


def _covered(one: Permission | Attachment, others: Iterable[Permission | Attachment]) -> bool:
    return isinstance(one, Permission) and any(isinstance(each, Permission) and each.covers(one) for each in others)


def _policies(resource: Resource) -> Iterator[tuple[str, bool]]:
    """Return the policies of a resource, and of each whether it says what its owner may do."""
    for (type_, argument), identity in POLICIES.items():
        if resource.type == type_ and argument in resource.arguments:
            yield resource.arguments[argument], identity
    for block in blocks(resource.arguments, "inline_policy") if resource.type == "aws_iam_role" else []:
        yield block.get("policy", ""), True


def _permissions(resource: Resource, document: Mapping[str, Any], *, identity: bool) -> Iterator[Permission]:
    owner = reference(resource.arguments["role"]) if "role" in resource.arguments else resource.address
    for statement in _as_list(document["Statement"]):
        condition = json.dumps(statement["Condition"], sort_keys=True) if statement.get("Condition") else ""
        for action in _either(statement, "Action"):
            for target in _either(statement, "Resource") or [resource.address]:
                for principal in _principals(statement):
                    yield Permission(
                        owner, statement["Effect"], action, target, principal, condition, identity, resource.address
                    )


def _either(statement: Mapping[str, Any], key: str) -> list[str]:
    """Return the entries of a key, or those of its opposite in words."""
    if (opposite := f"Not{key}") in statement:
        return [f"* except {', '.join(sorted(_as_list(statement[opposite])))}"]
    return _as_list(statement.get(key, []))


def _principals(statement: Mapping[str, Any]) -> list[str]:
    key = "NotPrincipal" if "NotPrincipal" in statement else "Principal"
    match statement.get(key):
        case None:
            return [""]
        case dict() as kinds:
            names = [str(name) for each in kinds.values() for name in _as_list(each)]
        case other:
            names = [str(other)]
    return [f"everyone except {', '.join(names)}"] if key == "NotPrincipal" else names


def _attachments(resource: Resource) -> Iterator[Attachment]:
    if argument := _ATTACHMENTS.get(resource.type):
        owner, policy = resource.arguments.get(argument), resource.arguments.get("policy_arn")
        yield Attachment(reference(str(owner)), reference(str(policy)))
    for policy in resource.arguments.get("managed_policy_arns", []) if resource.type == "aws_iam_role" else []:
        yield Attachment(resource.address, reference(str(policy)))


def reference(text: str) -> str:
    """Return the address that a text refers to and nothing else, or the text."""
    if text.startswith("${") and text.endswith("}") and text.count("${") == 1:
        return text[2:-1].rpartition(".")[0]
    return text


def _as_list(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    return value if isinstance(value, list) else [value]
