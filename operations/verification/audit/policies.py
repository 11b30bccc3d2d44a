"""What IAM policy documents allow; for when IAM itself cannot be asked to simulate.

It knows Effect, Action, NotAction, Resource and NotResource. A statement with a condition grants nothing here, because
nobody knows whether it would hold, and denies as if it held: it errs on the side of a finding.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

# Any: policy documents.
Statement = Mapping[str, Any]


def allowed(documents: Iterable[Mapping[str, Any]], action: str, resource: str) -> bool:
    """Return whether some statement allows the action on the resource, and none denies it."""
    statements = [each for document in documents for each in _listed(document["Statement"])]
    matching = [each for each in statements if _covers(each, action, resource)]
    denies = any(each["Effect"] == "Deny" for each in matching)
    return not denies and any(each["Effect"] == "Allow" and not each.get("Condition") for each in matching)


def beyond(document: Mapping[str, Any], granted: Sequence[Statement]) -> Iterator[str]:
    """Return what a document allows and the granted statements do not, as ``ACTION on RESOURCE``.

    Wildcards are compared as they stand: ``s3:Get*`` is within ``s3:*``, and never within a list of single actions.
    """
    for statement in _listed(document["Statement"]):
        if statement["Effect"] == "Allow":
            pairs = product(_patterns(statement, "Action"), _patterns(statement, "Resource"))
            outside = (pair for pair in pairs if not any(_covers(each, *pair) for each in granted))
            yield from (f"{action} on {resource}" for action, resource in outside)


def _patterns(statement: Statement, key: str) -> list[str]:
    # Within no pattern but "*", as no action and no ARN has a blank.
    if f"Not{key}" in statement:
        return [f"all but {', '.join(_listed(statement[f'Not{key}']))}"]
    return _listed(statement.get(key, ()))


def _covers(statement: Statement, action: str, resource: str) -> bool:
    # The case of an action does not count, that of a resource does.
    return _in(statement, "Action", action, re.IGNORECASE) and _in(statement, "Resource", resource, 0)


def _in(statement: Statement, key: str, value: str, flags: int) -> bool:
    if f"Not{key}" in statement:
        return not _matches(statement[f"Not{key}"], value, flags)
    return _matches(statement.get(key, ()), value, flags)


def _matches(patterns: Any, value: str, flags: int) -> bool:  # noqa: ANN401 - a text or a list of texts
    return any(re.fullmatch(_expression(pattern), value, flags) for pattern in _listed(patterns))


def _expression(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - IAM takes a single one without a list
    return list(value) if isinstance(value, (list, tuple)) else [value]
