"""Check 8: the database is available."""

from collections.abc import Callable

import pytest
from moto.rds.models import rds_backends

from operations.verification.checks.database import check_database
from operations.verification.findings import Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.seeded import Seeded

Look = Callable[[], Platform]
NAME = "davidshaevel-dev-db"


def test_available_database_passes(look: Look) -> None:
    seen = check_database(look())
    assert (seen.summary, seen.findings) == (f"{NAME} is available", ())


@pytest.mark.parametrize(
    ("status", "expected"),
    [("stopped", Status.FAIL), ("storage-full", Status.FAIL), ("rebooting", Status.FAIL), ("backing-up", Status.WARN)],
)
def test_database_in_another_state_is_reported(dev: Seeded, look: Look, status: str, expected: Status) -> None:
    rds_backends[dev.environment.account_id][dev.environment.region].databases[NAME].status = status
    (finding,) = check_database(look()).findings
    assert (finding.status, finding.id) == (expected, "database.status")


def test_database_that_is_not_there_fails(dev: Seeded, look: Look) -> None:
    dev.clients.rds.delete_db_instance(DBInstanceIdentifier=NAME, SkipFinalSnapshot=True)
    (finding,) = check_database(look()).findings
    assert (finding.status, finding.reason) == (Status.FAIL, f"there is no database {NAME}")
