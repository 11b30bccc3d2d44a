"""Plans the head of one environment on a state of its base."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from operations.aws.clients import Document
from operations.review.literals import Literals
from operations.review.placeholders import Placeholders, Schema
from operations.review.state import PlannedState
from operations.terraform import Terraform
from rules.configuration import Configuration

_LOCK = ".terraform.lock.hcl"
_CHECKSUMS = re.compile(r"^ *hashes *= *\[.*?\]\n", re.MULTILINE | re.DOTALL)
_ROUNDS = 4
_BUILT_IN = {"terraform": {"source": "terraform.io/builtin/terraform"}}
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
        lock = folder / _LOCK
        return cls(Configuration.read(folder), lock.read_text(encoding="utf-8") if lock.exists() else None)

    def same_as(self, other: "Stack") -> bool:
        """Whether Terraform would get the same from both; a lock that only one has cannot differ."""
        same_lock = self.lock == other.lock or not (self.lock and other.lock)
        return same_lock and self.configuration.content == other.configuration.content


@dataclass
class Shared:
    """What the environments of a review have in common: the schemas, read once, and one installation at a time."""

    installing: Lock = field(default_factory=Lock)
    schemas: dict[str, dict[str, Document]] = field(default_factory=dict)
    reading: Lock = field(default_factory=Lock)

    def schemas_of(self, types: Collection[str], terraform: Terraform, lock: str | None) -> Document:
        """Return the schemas of all resources of the provider that is locked, these types among them.

        Those of another environment may have more: a provider that only its configuration names.
        """
        with self.reading:
            known = self.schemas.setdefault(lock or "", {})
            if not known.keys() >= set(types):
                for provider in terraform.schemas().values():
                    known |= provider.get("resource_schemas", {})
            return known


@dataclass
class Planning:
    """One environment's folder, in which Terraform plans the base, then the head."""

    terraform: Terraform
    shared: Shared
    lock: str | None = None
    initialized: bool = False
    placeholders: Placeholders = field(default_factory=lambda: Placeholders({}, {}))

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
        """Take a stack's JSON, and its provider if it is another one."""
        self._write(content)
        if self.initialized and (stack.lock is None or stack.lock == self.lock):
            return
        self.lock = stack.lock
        if stack.lock:
            (self.terraform.folder / _LOCK).write_text(stack.lock, encoding="utf-8")
        # Two at a time would write the same folder of packages.
        with self.shared.installing:
            self.terraform.initialize()
        self._trust_provider()
        self.initialized = True

    def _trust_provider(self) -> None:
        """Lock the provider without its checksums: init has compared them, and each command would read 700 MB again."""
        lock = self.terraform.folder / _LOCK
        # Without a provider there is none.
        if lock.exists():
            lock.write_text(without_checksums(lock.read_text(encoding="utf-8")), encoding="utf-8")

    def _write(self, content: Document) -> None:
        document = {key: value for key, value in content.items() if key not in _LEFT_OUT}
        terraform = {key: value for key, value in content["terraform"].items() if key != "backend"}
        # With its own, Terraform describes terraform_data too, which not every environment has.
        document["terraform"] = {**terraform, "required_providers": terraform.get("required_providers", {}) | _BUILT_IN}
        file = self.terraform.folder / "cdk.tf.json"
        # Terraform quotes the line of a fault.
        file.write_text(json.dumps(document, indent=1), encoding="utf-8")

    def _placeholders(self, stack: Stack) -> Placeholders:
        types = {each.type for each in stack.configuration.resources.values()}
        schemas = self.shared.schemas_of(types, self.terraform, stack.lock)
        return Placeholders({type_: Schema.of(schemas[type_]) for type_ in types if type_ in schemas}, {})


def without_checksums(lock: str) -> str:
    """Return a lock file that locks releases of providers and not their files."""
    return _CHECKSUMS.sub("", lock)
