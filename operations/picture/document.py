"""The synthesized JSON of an environment (cdk.tf.json): its resources, and which refers to which."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

_INTERPOLATION = re.compile(r"\$\{(.*?)\}")
_LOOKED_UP = re.compile(r"\$\{data\.(\w+)\.(\w+)\.")
_ADDRESS = re.compile(r"(?<![\w.])aws_\w+\.\w+")


@dataclass(frozen=True)
class Resource:
    """A resource of the JSON: its address and its arguments."""

    address: str
    arguments: dict[str, Any] = field(repr=False)

    @property
    def kind(self) -> str:
        """Its Terraform type, such as ``aws_lb``."""
        return self.address.partition(".")[0]

    @property
    def name(self) -> str:
        """Its name in the JSON, which the type makes unique."""
        return self.address.partition(".")[2]

    @property
    def tags(self) -> dict[str, str]:
        """Its tags, which may be none."""
        return self.arguments.get("tags") or {}

    def get(self, key: str, default: object = None) -> Any:  # noqa: ANN401 - a value of JSON
        """Return an argument."""
        return self.arguments.get(key, default)

    @cached_property
    def references(self) -> frozenset[str]:
        """The addresses that the arguments name; what is only waited for is not one of them."""
        return addresses({key: value for key, value in self.arguments.items() if key not in ("depends_on", "//")})

    def find(self, key: str) -> list[Any]:
        """Return the values of a key, however deep it is."""
        return list(_find(self.arguments, key))


class Document:
    """The resources of the JSON, in the order of their addresses."""

    def __init__(self, document: dict[str, Any]) -> None:
        kinds: dict[str, dict[str, Any]] = document.get("resource", {})
        found = sorted(
            (f"{kind}.{name}", arguments) for kind, names in kinds.items() for name, arguments in names.items()
        )
        self.resources = {address: Resource(address, arguments) for address, arguments in found}
        self._data: dict[str, Any] = document.get("data", {})
        self.provider: dict[str, Any] = next(iter(document.get("provider", {}).get("aws", [])), {})

    def of(self, *kinds: str) -> list[Resource]:
        """Return the resources of one or several types."""
        return [each for each in self.resources.values() if each.kind in kinds]

    def named(self, value: object, kind: str) -> list[Resource]:
        """Return the resources of a type that a value names."""
        return [self.resources[each] for each in sorted(addresses(value)) if self._is(each, kind)]

    def looked_up(self, reference: str) -> dict[str, Any]:
        """Return how the data source is found that a text refers to; nothing if it refers to none."""
        match = _LOOKED_UP.match(reference)
        return self._data.get(match[1], {}).get(match[2], {}) if match else {}

    def _is(self, address: str, kind: str) -> bool:
        return address in self.resources and address.startswith(f"{kind}.")


def addresses(value: object) -> frozenset[str]:
    """Return the addresses of resources that a value of the JSON names."""
    return frozenset(
        address
        for text in _strings(value)
        for expression in _INTERPOLATION.findall(text)
        for address in _ADDRESS.findall(expression)
    )


def _strings(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _strings(inner)
        case list():
            for inner in value:
                yield from _strings(inner)


def _find(value: object, key: str) -> Iterator[Any]:
    match value:
        case dict():
            for name, inner in value.items():
                if name == key:
                    yield inner
                yield from _find(inner, key)
        case list():
            for inner in value:
                yield from _find(inner, key)
