"""A synthesized stack, as a user gets it, and the questions that tests ask of it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

Steps = Callable[[list[Any]], list[str]]
"""Names the elements of a list, each by what stands between the brackets of its path."""


@dataclass(frozen=True)
class Stack:
    """The text of a stack's cdk.tf.json. Tests share it: read it, never change it."""

    text: str = field(repr=False)

    @cached_property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.text)
        return document

    def __getitem__(self, address: str) -> dict[str, Any]:
        kind, name = address.split(".")
        resource: dict[str, Any] = self.document["resource"][kind][name]
        return resource

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the resources of a type by the names in their addresses."""
        resources: dict[str, dict[str, Any]] = self.document["resource"].get(kind, {})
        return resources

    @cached_property
    def addresses(self) -> set[str]:
        return {f"{kind}.{name}" for kind, names in self.document["resource"].items() for name in names}

    @cached_property
    def instances(self) -> set[str]:
        """The addresses of all resources, those of `for_each` with their keys."""
        return {
            f"{address}{key}"
            for address in self.addresses
            for key in ([f'["{each}"]' for each in self[address]["for_each"]] if "for_each" in self[address] else [""])
        }

    @cached_property
    def data_addresses(self) -> set[str]:
        """The addresses of what is only looked up."""
        data = self.document.get("data", {})
        return {f"data.{kind}.{name}" for kind, names in data.items() for name in names}

    @cached_property
    def default_tags(self) -> dict[str, str]:
        tags: dict[str, str] = self.document["provider"]["aws"][0]["default_tags"][0]["tags"]
        return tags

    @cached_property
    def outputs(self) -> dict[str, Any]:
        return {name: output["value"] for name, output in self.document["output"].items()}

    @cached_property
    def paths(self) -> dict[str, object]:
        """Every path of the JSON with its value; a resource's path is its address, then its arguments."""
        others = ("provider", "output", "terraform", "moved", "removed")
        document = {**self.document["resource"], **{key: self.document.get(key, {}) for key in others}}
        return {path: value for key in document for path, value in walk(key, document[key], _by_index)}

    def containers(self, task_definition: str) -> dict[str, dict[str, Any]]:
        """Return the containers of a task definition by name."""
        definitions = json.loads(self[f"aws_ecs_task_definition.{task_definition}"]["container_definitions"])
        return {each["name"]: each for each in definitions}


class Synth(Protocol):
    """Synthesizes an environment under overrides: ``synth(DEV__EXEC__BACKEND="true")``."""

    def __call__(self, name: str = "dev", /, **variables: str) -> Stack: ...


def changes(before: Stack, after: Stack) -> set[str]:
    """Return the paths that differ: `+` added, `-` removed, `~` changed."""
    old, new = before.paths, after.paths
    return (
        {f"+ {path}" for path in new.keys() - old.keys()}
        | {f"- {path}" for path in old.keys() - new.keys()}
        | {f"~ {path}" for path in new.keys() & old.keys() if new[path] != old[path]}
    )


def strings(value: object) -> Iterator[str]:
    """Return every string in a JSON value, keys and comments of cdktf included."""
    match value:
        case str():
            yield value
        case dict():
            for key, inner in value.items():
                yield key
                yield from strings(inner)
        case list():
            for inner in value:
                yield from strings(inner)


def walk(path: str, value: object, steps: Steps) -> Iterator[tuple[str, object]]:
    """Return every path of a JSON value, in the order of the keys; JSON inside strings is opened too.

    ``steps`` names the elements of a list. A table has the value "{}" and a list "[]": an empty one is not none.
    """
    match _opened(value):
        case dict() as table:
            yield path, "{}"
            for key in sorted(table.keys() - {"//"}):
                yield from walk(f"{path}.{key}", table[key], steps)
        case list() as items:
            yield path, "[]"
            for step, item in zip(steps(items), items, strict=True):
                yield from walk(f"{path}[{step}]", item, steps)
        case plain:
            yield path, plain


def _by_index(items: list[Any]) -> list[str]:
    return [str(index) for index in range(len(items))]


def _opened(value: object) -> object:
    if isinstance(value, str) and value.startswith(("{", "[")):
        return json.loads(value)
    return value
