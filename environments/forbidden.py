"""Variables that a protected environment forbids: they would change what protects it, without a review."""

from collections.abc import Iterable, Mapping

from environments.exec_access import RESERVED_KEYS
from environments.faults import Fault
from environments.overrides import Override
from environments.protection import PROTECTED
from environments.schema import Path


def without_forbidden(
    document: Mapping[str, object], overrides: Iterable[Override]
) -> tuple[list[Override], list[Fault]]:
    """Return the overrides that an environment allows, and a fault for each that it forbids; break-glass is allowed.

    The files alone decide whether it is protected, so that no variable takes the protection away.
    """
    if document.get("protected") is not True:
        return list(overrides), []
    forbidden = [each for each in overrides if not each.is_break_glass and _touches_protected(each.path)]
    return [each for each in overrides if each not in forbidden], [_forbidden(each) for each in forbidden]


def _touches_protected(path: Path) -> bool:
    return any(path[: len(each)] == each[: len(path)] for each in PROTECTED)


def _forbidden(override: Override) -> Fault:
    is_toggle = override.path[0] == "exec" and override.path[1:] not in {(key,) for key in RESERVED_KEYS}
    advice = "; for a shell use python -m operations break-glass" if is_toggle else ""
    message = f"the environment is protected, and no variable changes this; change the file{advice}"
    return Fault(override.path, message, override.variable)
