"""The base as it would be written with the head's addresses: a resource that moves neither wins nor loses anything."""

import json
import re
from typing import Any

from rules.configuration import Configuration


def with_moves(base: Configuration, head: Configuration) -> Configuration:
    """Return the base with the addresses that the head's ``moved`` blocks give to its resources."""
    moves = {each["from"]: each["to"] for each in head.content.get("moved", [])}
    present = {address.partition("[")[0] for address in base.resources} | set(base.resources)
    renamed = {old: new for old, new in moves.items() if old in present}
    if not renamed:
        return base
    document = dict(base.document)
    document["resource"] = _renamed_resources(base.content["resource"], renamed)
    return Configuration(document)


def _renamed_resources(resources: dict[str, Any], renamed: dict[str, str]) -> dict[str, Any]:
    text = json.dumps(resources)
    for old, new in renamed.items():
        # As it stands in JSON, between the boundaries of a reference.
        within, there = (json.dumps(each)[1:-1] for each in (old, new))
        text = re.sub(rf"(?<![\w.]){re.escape(within)}(?!\w)", there.replace("\\", r"\\"), text)
    found: dict[str, Any] = json.loads(text)
    for old, new in renamed.items():
        (old_type, _, old_name), (new_type, _, new_name) = old.partition("."), new.partition(".")
        if old_name in found.get(old_type, {}):
            found.setdefault(new_type, {})[new_name] = found[old_type].pop(old_name)
    return found
