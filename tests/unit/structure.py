"""What must hold for a stack whatever its settings are."""

import re
from collections.abc import Iterator
from typing import Any

from tests.unit.stack_json import Stack, strings

_REFERENCE = re.compile(r"\$\{(?!(?:each|self)\.)((?:data\.)?\w+\.[\w-]+)")
_UNRESOLVED = re.compile(r"TfToken\[|TOKEN\.\d")
# cdktf's tokens for numbers are about -1.9e298; AWS takes none of more than 64 bits.
_LARGEST_NUMBER = 2**63


def faults(stack: Stack) -> list[str]:
    """Return what is wrong with a stack's JSON: references to nothing, and tokens that cdktf left as they were."""
    document = {key: value for key, value in stack.document.items() if key != "//"}
    return [*_dangling(document, stack), *_missing_dependencies(stack), *_unresolved(document)]


def _dangling(document: dict[str, Any], stack: Stack) -> Iterator[str]:
    for text in strings(document):
        for address in _REFERENCE.findall(text):
            if address not in stack.addresses | stack.data_addresses:
                yield f"{text}: there is no {address}"


def _missing_dependencies(stack: Stack) -> Iterator[str]:
    for address in sorted(stack.addresses):
        for dependency in stack[address].get("depends_on", []):
            if dependency not in stack.addresses:
                yield f"{address} depends on {dependency}: there is none"


def _unresolved(value: object) -> Iterator[str]:
    for text in strings(value):
        if _UNRESOLVED.search(text):
            yield f"{text}: a token that was not resolved"
    for number in _numbers(value):
        if abs(number) > _LARGEST_NUMBER:
            yield f"{number}: a number token that was not resolved"


def _numbers(value: object) -> Iterator[float]:
    match value:
        case int() | float():
            yield value
        case dict():
            for inner in value.values():
                yield from _numbers(inner)
        case list():
            for inner in value:
                yield from _numbers(inner)
