"""What a rule is, and what it is asked about."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from environments import Environment
from rules.configuration import Configuration, Resource
from rules.iam import Attachment, Permission, Permissions, reference


@dataclass(frozen=True)
class Stack:
    """A synthesized stack, the environment that it is of, and the stacks that were judged before it."""

    environment: Environment
    configuration: Configuration
    earlier: "tuple[Stack, ...]" = ()

    @cached_property
    def permissions(self) -> Permissions:
        """What its policies permit."""
        return Permissions.of(self.configuration)

    def allowed(self, *, identity: bool) -> Iterator[Permission]:
        """Return what policies allow: to the identities that have them, or to whom a resource's own policy names."""
        for each in self.permissions.granted:
            if isinstance(each, Permission) and each.effect == "Allow" and each.identity == identity:
                yield each

    @property
    def attachments(self) -> Iterator[Attachment]:
        """Return the policies that identities have."""
        return (each for each in self.permissions.granted if isinstance(each, Attachment))

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Return the resources of some types."""
        return self.configuration.of_type(*types)

    def find(self, text: object) -> Resource | None:
        """Return the resource that a text refers to, if it is one of the stack."""
        return self.configuration.resources.get(reference(str(text)))


class Breach(NamedTuple):
    """The address of a resource that breaks a rule, and what is wrong with it."""

    address: str
    fault: str


@dataclass(frozen=True)
class Rule:
    """A rule with its id, its reason and what to do about a breach; ``find`` returns the breaches of a stack."""

    id: str
    reason: str
    remedy: str
    find: Callable[[Stack], Iterator[Breach]]
