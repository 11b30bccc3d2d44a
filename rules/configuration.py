"""A synthesized stack's resources, one by one, as they are written: references stay references."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

Document = Mapping[str, Any]
"""What a file of JSON has in it."""

_EACH = re.compile(r"\$\{each\.(key|value)((?:\.\w+)*)\}")


@dataclass(frozen=True)
class Resource:
    """A resource with its arguments; ``construct`` is the part of the platform that it belongs to."""

    address: str
    type: str
    construct: str
    arguments: Document


@dataclass(frozen=True)
class Configuration:
    """A stack's cdk.tf.json, without cdktf's comments."""

    document: Document

    @classmethod
    def read(cls, folder: Path) -> "Configuration":
        """Read the stack in a folder."""
        return cls(json.loads((folder / "cdk.tf.json").read_text(encoding="utf-8")))

    @cached_property
    def content(self) -> Any:  # noqa: ANN401 - any JSON
        """What Terraform reads of it."""
        return _without_comments(self.document)

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """The resources by address, those of a ``for_each`` over a table with their keys."""
        found = (
            resource
            for type_, named in self.document.get("resource", {}).items()
            for name, body in named.items()
            for resource in _instances(type_, name, body)
        )
        return {resource.address: resource for resource in found}

    @cached_property
    def account_id(self) -> str | None:
        """The account that the provider accepts, if it accepts one only."""
        accounts = [each.get("allowed_account_ids", []) for each in self.providers]
        return accounts[0][0] if accounts and accounts[0] else None

    @cached_property
    def region(self) -> str:
        """The region of the provider."""
        return next((each["region"] for each in self.providers if "region" in each), "us-east-1")

    @cached_property
    def environment_tag(self) -> str | None:
        """The tag ``Environment`` that every resource gets."""
        tags = (block["tags"] for each in self.providers for block in blocks(each, "default_tags"))
        return next((each.get("Environment") for each in tags), None)

    def find(self, address: str) -> Resource | None:
        """Return the resource at an address; if Terraform makes its keys, the one that is written."""
        return self.resources.get(address) or self.resources.get(address.partition("[")[0])

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Return the resources of some types."""
        return (each for each in self.resources.values() if each.type in types)

    @property
    def providers(self) -> list[Document]:
        """How each provider is configured."""
        return [each for named in self.document.get("provider", {}).values() for each in _as_list(named)]


def blocks(arguments: Document, name: str) -> list[Document]:
    """Return the blocks of a name: none, or one that stands alone or in a list, or more."""
    return _as_list(arguments.get(name) or [])


def construct_of(address: str, *configurations: Configuration) -> str:
    """Return the construct of an address in the first configuration that knows it."""
    for configuration in configurations:
        if resource := configuration.find(address):
            return resource.construct
    return address.partition("[")[0].rpartition(".")[2]


def _instances(type_: str, name: str, body: Document) -> Iterator[Resource]:
    path = body.get("//", {}).get("metadata", {}).get("path", "")
    construct = path.split("/")[1] if path.count("/") else name
    arguments = _without_comments(body)
    each = arguments.get("for_each")
    if not isinstance(each, dict):
        yield Resource(f"{type_}.{name}", type_, construct, arguments)
        return
    for key, value in each.items():
        own = _with_each({k: v for k, v in arguments.items() if k != "for_each"}, key, value)
        yield Resource(f'{type_}.{name}["{key}"]', type_, construct, own)


def _with_each(value: Any, key: str, item: Any) -> Any:  # noqa: ANN401 - any JSON
    match value:
        case dict():
            return {name: _with_each(inner, key, item) for name, inner in value.items()}
        case list():
            return [_with_each(inner, key, item) for inner in value]
        case str():
            return _EACH.sub(lambda found: _each(found, key, item), value)
        case _:
            return value


def _each(found: "re.Match[str]", key: str, item: Any) -> str:  # noqa: ANN401 - any JSON
    if found[1] == "key":
        return key
    for step in found[2].split(".")[1:]:
        item = item.get(step) if isinstance(item, dict) else None
    return item if isinstance(item, str) else found[0]


def _without_comments(value: Any) -> Any:  # noqa: ANN401 - any JSON
    match value:
        case dict():
            return {key: _without_comments(inner) for key, inner in value.items() if key != "//"}
        case list():
            return [_without_comments(inner) for inner in value]
        case _:
            return value


def _as_list(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    return value if isinstance(value, list) else [value]
