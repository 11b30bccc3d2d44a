"""A configuration in which references to resources are values already: Terraform then needs fewer rounds."""

import json
import re
from dataclasses import dataclass
from typing import Any

from operations.review.placeholders import Path, Placeholders
from rules.configuration import Configuration

_REFERENCE = re.compile(r'\$\{(\w+\.\w+(?:\["[^"]+"\])?)((?:\.[a-z]\w*|\[\d+\])+)\}')
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


@dataclass(frozen=True)
class Literals:
    """Resolves plain references: to what is written there, or to the placeholder of what AWS decides.

    What is more than a reference stays as it is: Terraform resolves it in its next round.
    """

    configuration: Configuration
    placeholders: Placeholders

    def resources(self) -> Any:  # noqa: ANN401 - any JSON
        """Return all resources of the configuration, with their references resolved."""
        return self._resolved(self.configuration.content.get("resource", {}))

    def _resolved(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        match value:
            case dict():
                return {key: self._resolved(inner) for key, inner in value.items()}
            case list():
                return [self._resolved(inner) for inner in value]
            case str() if whole := _REFERENCE.fullmatch(value):
                return self._value(whole)
            case str():
                return _REFERENCE.sub(self._text, value)
            case _:
                return value

    def _text(self, found: "re.Match[str]") -> str:
        value = self._value(found)
        if isinstance(value, (dict, list)):
            return found[0]
        return value if isinstance(value, str) else json.dumps(value)

    def _value(self, found: "re.Match[str]") -> Any:  # noqa: ANN401 - any JSON
        resource = self.configuration.resources.get(found[1])
        if resource is None:
            return found[0]
        path: Path = tuple(name or int(index) for name, index in _STEP.findall(found[2]))
        written = _at(resource.arguments, path)
        if written is not None:
            return self._resolved(written)
        placeholder = self.placeholders.at(found[1], path)
        return found[0] if placeholder is None else placeholder


def _at(value: Any, path: Path) -> Any:  # noqa: ANN401 - any JSON
    for step in path:
        # A block that may come once only may be written without its list.
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value
