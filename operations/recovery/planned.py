"""What a plan would create, read from Terraform's JSON."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from operations.aws.clients import Document

# With these every resource of the platform can be told from every other of its type.
_IDENTITY = ("Name", "Project", "Environment")


@dataclass(frozen=True)
class Planned:
    """A resource that a plan would create.

    ``arguments`` has what is known before the apply; ``parents`` has, for an argument that refers to another resource,
    that resource's address; ``replaces`` is true where the state has one already, in whose place this would come.
    https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
    """

    address: str
    type: str
    arguments: Document
    parents: Mapping[str, str]
    replaces: bool = False

    def is_described_by(self, tags: Mapping[str, str]) -> bool:
        """Whether the tags are those of this resource of this platform, and no other's."""
        own = self.arguments["tags_all"]
        return all(tags.get(key) == own[key] for key in _IDENTITY)

    def is_named(self, name: str) -> bool:
        """Whether this is its name, or one that the provider makes from its prefix."""
        if prefix := self.arguments.get("name_prefix"):
            return name.startswith(prefix)
        return bool(name == self.arguments["name"])


def read_creates(plan: Document) -> list[Planned]:
    """Return every resource that the plan would create."""
    resources = plan["configuration"]["root_module"]["resources"]
    parents = {each["address"]: dict(_parents(each.get("expressions", {}))) for each in resources}
    return [
        Planned(
            each["address"],
            each["type"],
            each["change"]["after"],
            parents[f"{each['type']}.{each['name']}"],
            replaces="delete" in each["change"]["actions"],
        )
        for each in plan["resource_changes"]
        if "create" in each["change"]["actions"]
    ]


def replaced(plan: Document, addresses: Collection[str]) -> list[str]:
    """Return those of the addresses whose resource the plan would delete, be it to make it anew."""
    return [
        each["address"]
        for each in plan["resource_changes"]
        if each["address"] in addresses and "delete" in each["change"]["actions"]
    ]


def _parents(expressions: Document) -> Iterator[tuple[str, str]]:
    """Return arguments with the address that each refers to, those of nested blocks too."""
    for argument, expression in expressions.items():
        match expression:
            case {"references": [*_, address]}:
                yield argument, address
            case [*blocks]:
                for block in blocks:
                    yield from _parents(block)
            case _:
                pass
