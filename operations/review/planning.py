"""Plans the head of one environment on a state of its base."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from operations.aws.clients import Document
from operations.review.literals import Literals
from operations.review.placeholders import Placeholders, Schema
from operations.review.provider import LOCK, Installations, Provider
from operations.review.state import PlannedState
from operations.terraform import Terraform
from rules.configuration import Configuration

_ROUNDS = 4
# Terraform's state would be the real one, its imports would ask the real AWS, and its outputs only repeat resources.
_LEFT_OUT = ("output", "import")


@dataclass(frozen=True)
class Stack:
    """A synthesized stack of one revision: its JSON, and the provider that it is locked to."""

    configuration: Configuration
    lock: str | None

    @classmethod
    def read(cls, folder: Path) -> "Stack":
        """Read it from the folder that cdktf wrote."""
        lock = folder / LOCK
        return cls(Configuration.read(folder), lock.read_text(encoding="utf-8") if lock.exists() else None)

    def same_as(self, other: "Stack") -> bool:
        """Whether Terraform would get the same from both; a lock that only one has cannot differ."""
        same_lock = self.lock == other.lock or not (self.lock and other.lock)
        return same_lock and self.configuration.content == other.configuration.content


@dataclass
class Planning:
    """One environment's folder, in which Terraform plans the base, then the head; `close` ends what runs on."""

    terraform: Terraform
    installations: Installations
    provider: Provider = field(init=False)
    placeholders: Placeholders = field(default_factory=lambda: Placeholders({}, {}))

    def __post_init__(self) -> None:
        """Have nothing installed yet."""
        self.provider = Provider(self.terraform, self.installations)

    def close(self) -> None:
        """End the provider; nothing more is planned."""
        self.provider.close()

    def pretend(self, base: Stack) -> list[str]:
        """Make a state as if the base were deployed; return the addresses that Terraform would still change: none.

        Each round takes over what the references of the round before resolve to.
        """
        self._use(base, base.configuration.content)
        self.placeholders = self._placeholders(base)
        state = PlannedState(self.placeholders)
        literal = Literals(base.configuration, self.placeholders).resources()
        self._write({**base.configuration.content, "resource": literal})
        state.take_over(plan := self.terraform.plan("-refresh=false"))
        self._write(base.configuration.content)
        for _ in range(_ROUNDS):
            state.write(self.terraform.folder / "terraform.tfstate", plan["terraform_version"])
            changes = self.terraform.plan_changes("-refresh=false")
            if changes is None:
                return []
            state.take_over(plan := changes)
        return [each["address"] for each in plan["resource_changes"] if each["change"]["actions"] != ["no-op"]]

    def deploy(self, base: Stack) -> None:
        """Deploy the base to the local AWS."""
        (self.terraform.folder / "terraform.tfstate").unlink(missing_ok=True)
        self._use(base, base.configuration.content)
        self.terraform.apply()

    def plan(self, head: Stack) -> Document | None:
        """Plan the head on what is there; None if Terraform has nothing to do."""
        self._use(head, head.configuration.content)
        try:
            return self.terraform.plan_changes("-refresh=false")
        finally:
            # Plans hold secrets in clear text.
            self.terraform.forget_plan()

    def _use(self, stack: Stack, content: Document) -> None:
        """Take a stack's JSON, and what it needs."""
        self._write(content)
        self.terraform = self.provider.terraform_for(stack.configuration.content, stack.lock)

    def _write(self, content: Document) -> None:
        document = {key: value for key, value in content.items() if key not in _LEFT_OUT}
        document["terraform"] = {key: value for key, value in content["terraform"].items() if key != "backend"}
        file = self.terraform.folder / "cdk.tf.json"
        # Terraform quotes the line of a fault.
        file.write_text(json.dumps(document, indent=1), encoding="utf-8")

    def _placeholders(self, stack: Stack) -> Placeholders:
        types = {each.type for each in stack.configuration.resources.values()}
        providers = self.terraform.schemas().values() if types else ()
        schemas = {type_: schema for each in providers for type_, schema in each.get("resource_schemas", {}).items()}
        return Placeholders({type_: Schema.of(schemas[type_]) for type_ in types if type_ in schemas}, {})
