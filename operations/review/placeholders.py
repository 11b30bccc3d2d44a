"""Values for what only AWS could tell: of the right type, the same in every run, and known again by their look."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operations.aws.clients import Document

Type = Any
"""A type as Terraform's JSON writes it: "string", ["list", "string"], ["object", {...}]."""

Path = tuple[str | int, ...]

# A value for which the provider or this platform has a rule; any other would replace the resource, or stop the plan.
_REAL = {
    ("aws_lb_target_group", "protocol_version"): "HTTP1",
    ("aws_acm_certificate", "status"): "ISSUED",
    ("aws_db_instance", "port"): 5432,
}
_PLAIN = {"number": 0, "bool": False}
_ARN = "arn:aws:placeholder:us-east-1:000000000000:"
_PLACEHOLDER = re.compile(rf"(?:{_ARN})?placeholder-[0-9a-f]{{12}}")


@dataclass(frozen=True)
class Schema:
    """What a resource of one type is made of."""

    version: int
    type: Type

    @classmethod
    def of(cls, schema: Document) -> "Schema":
        """Read it as ``terraform providers schema -json`` writes it."""
        return cls(schema["version"], _type_of_block(schema["block"]))


def in_state(schema: Schema, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return attributes as a state has them: one of any type with the type that it has."""
    any_type = {name for name, type_ in schema.type[1].items() if type_ == "dynamic"}
    return {
        name: {"value": value, "type": _type_of(value)} if name in any_type and value is not None else value
        for name, value in attributes.items()
    }


@dataclass(frozen=True)
class Placeholders:
    """Placeholders for the resources of one stack, and what each stands for."""

    schemas: Mapping[str, Schema]
    meanings: dict[str, str]

    def at(self, address: str, path: Path) -> Any:  # noqa: ANN401 - a value of any type
        """Return the placeholder of an attribute; None if there is no such attribute."""
        kind = address.partition(".")[0]
        return self._of(address, path, _type_at(self.schemas[kind].type, path)) if kind in self.schemas else None

    def fill(self, address: str, after: Document, unknown: Document, known: Document) -> dict[str, Any]:
        """Return planned values with every unknown filled: as it was before this round, or by a placeholder."""
        kind = address.partition(".")[0]
        return self._filled(address, (), (self.schemas[kind].type, after, unknown, known))  # type: ignore[no-any-return]

    def explained(self, text: str) -> str:
        """Return a text in which the references stand that were replaced by placeholders."""
        return _PLACEHOLDER.sub(lambda found: self.meanings.get(found[0], found[0]), text)

    def _filled(self, address: str, path: Path, planned: tuple[Type, Any, Any, Any]) -> Any:  # noqa: ANN401
        type_, value, unknown, known = planned
        if unknown is True:
            return known if known is not None else self._of(address, path, type_)
        if not unknown or value is None:
            return value
        if isinstance(unknown, list):
            return [
                self._filled(
                    address, (*path, index), (_inner(type_, index), item, _item(unknown, index), _item(known, index))
                )
                for index, item in enumerate(value)
            ]
        return {
            key: self._filled(
                address, (*path, key), (_inner(type_, key), value.get(key), unknown.get(key), _item(known, key))
            )
            for key in {**value, **unknown}
        }

    def _of(self, address: str, path: Path, type_: Type) -> Any:  # noqa: ANN401 - a value of any type
        kind, name = address.partition(".")[0], path[-1]
        if (real := _REAL.get((kind, str(name)))) is not None:
            return real
        match type_:
            # A value of any type does not say of which; text fits where a text is put together from it.
            case "string" | "dynamic":
                return self._text(address, path)
            case [_, ["object", _] as item]:
                return [self._of(address, (*path, 0), item)]
            case ["object", fields]:
                return {key: self._of(address, (*path, key), inner) for key, inner in fields.items()}
            case [kind, _]:
                return {} if kind == "map" else []
            case _:
                return _PLAIN.get(str(type_))

    def _text(self, address: str, path: Path) -> str:
        reference = address + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        # No secret: an identity that is the same in every run.
        digest = hashlib.sha256(reference.encode()).hexdigest()[:12]
        text = f"placeholder-{digest}"
        if str(path[-1]).endswith("arn"):
            text = f"{_ARN}{text}"
        self.meanings[text] = f"${{{reference}}}"
        return text


def _type_of_block(block: Document) -> Type:
    fields = {name: attribute.get("type") for name, attribute in block.get("attributes", {}).items()}
    for name, nested in block.get("block_types", {}).items():
        inner = _type_of_block(nested["block"])
        fields[name] = inner if nested["nesting_mode"] == "single" else [nested["nesting_mode"], inner]
    return ["object", fields]


def _type_of(value: Any) -> Type:  # noqa: ANN401 - a value of any type
    match value:
        case dict():
            return ["object", {key: _type_of(inner) for key, inner in value.items()}]
        case list():
            return ["tuple", [_type_of(inner) for inner in value]]
        case bool():
            return "bool"
        case str():
            return "string"
        case _:
            return "number"


def _type_at(type_: Type, path: Path) -> Type:
    for step in path:
        if not isinstance(type_, list):
            return None
        type_ = _inner(type_, step)
    return type_


def _inner(type_: Type, step: str | int) -> Type:
    """Return the type of what an object, a list, a set or a map holds."""
    if type_ == "dynamic":
        return type_
    if type_[0] != "object":
        return type_[1]
    return type_[1].get(step)


def _item(value: Any, step: str | int) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, list) and isinstance(step, int):
        return value[step] if step < len(value) else None
    return value.get(step) if isinstance(value, dict) else None
