"""Check 8: the database is available."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from operations.verification.findings import Finding, Seen, Status
from operations.verification.platform import Platform

# It takes connections meanwhile.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
_AT_WORK = (
    "backing-up",
    "configuring-enhanced-monitoring",
    "configuring-iam-database-auth",
    "configuring-log-exports",
    "modifying",
    "storage-optimization",
)


def check_database(platform: Platform) -> Seen:
    """Read the instance's status.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstances.html
    """
    # The project comes first, unlike in every other name.
    name = f"{platform.environment.project}-{platform.environment.name}-db"
    try:
        found = platform.clients.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("DBInstanceNotFound", "DBInstanceNotFoundFault"):
            raise
        remedy = f"cdktf deploy {platform.environment.name}"
        missing = Finding(Status.FAIL, "database.missing", f"there is no database {name}", remedy)
        return Seen("not there", {"databases": 0}, (missing,))
    status = found[0]["DBInstanceStatus"]
    return Seen(f"{name} is {status}", {"databases": 1}, tuple(_findings(name, status)))


def _findings(name: str, status: str) -> Iterator[Finding]:
    if status in _AT_WORK:
        yield Finding(Status.WARN, "database.status", f"{name} is {status}", "wait, then run this again")
    elif status != "available":
        reason = f"{name} is {status}, not available"
        yield Finding(Status.FAIL, "database.status", reason, "its events in RDS say why")
