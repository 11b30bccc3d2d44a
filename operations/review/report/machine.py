"""A review for a program."""

import json
from dataclasses import asdict
from typing import Any

from operations.review.changes import Change
from operations.review.report.text import without_secrets
from operations.review.values import Difference
from operations.review.verdict import EnvironmentReview, Review

_VERSION = 1


def machine(review: Review) -> str:
    """Write the whole review as JSON."""
    document = {
        "version": _VERSION,
        "base": review.base,
        "head": review.head,
        "unchanged": review.unchanged,
        "environments": {each.name: _environment(each) for each in review.changed},
        "exec": {
            service: {name: {"before": _text(cell.before), "after": _text(cell.after)} for name, cell in cells.items()}
            for service, cells in review.matrix.items()
        },
        "refused": [asdict(each) for each in review.findings],
    }
    return json.dumps(document, indent=2) + "\n"


def _environment(review: EnvironmentReview) -> dict[str, Any]:
    return {
        "failure": review.failure,
        "changes": [_change(each) for each in review.changes],
        "permissions": {"won": [*map(str, review.won)], "lost": [*map(str, review.lost)]},
        "openings": {"won": [*map(str, review.opened)], "lost": [*map(str, review.closed)]},
        "protections_lost": [f"{change.address}.{each.path}" for change, each in review.protections_lost],
        "outputs": [_difference(each) for each in review.outputs],
        "not_looked_at": [*review.not_looked_at],
        "notes": [*review.notes],
        "pictures": [*review.pictures],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "address": change.address,
        "construct": change.construct,
        "verdict": change.verdict,
        "loses_data": change.loses_data,
        "reason": change.reason,
        "previous_address": change.previous_address,
        "create_first": change.create_first,
        "keeps_old": change.keeps_old,
        "replaced_because_of": [each.path for each in change.culprits],
        "follows": [*change.follows],
        "differences": [_difference(each) for each in change.differences],
    }


def _difference(difference: Difference) -> dict[str, Any]:
    if difference.is_sensitive:
        return {"path": difference.path, "before": "(sensitive)", "after": "(sensitive)"}
    return {
        "path": difference.path,
        "before": without_secrets(difference.before),
        "after": without_secrets(difference.after),
    }


def _text(value: object) -> str | None:
    return str(value) if value else None
