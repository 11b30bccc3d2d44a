"""The report as JSON, for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from environments import Environment
from operations.verification.findings import Result, worst


def as_json(environment: Environment, results: Sequence[Result]) -> str:
    """Return one JSON document: the worst status, and each check with its counts and findings."""
    document = {
        "environment": environment.name,
        "account_id": environment.account_id,
        "status": worst([result.status for result in results]),
        "checks": [
            {
                "check": result.check,
                "status": result.status,
                "seconds": round(result.seconds, 3),
                **asdict(result.seen),
            }
            for result in results
        ],
    }
    return json.dumps(document, indent=2)
