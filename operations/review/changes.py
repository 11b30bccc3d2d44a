"""What Terraform will do to one resource, and why."""

from dataclasses import dataclass
from enum import StrEnum

from operations.review.values import Difference

# What cannot be made again from the code: the verdict on them comes first.
HOLDS_DATA = {
    "aws_cloudwatch_log_group": "log group",
    "aws_db_instance": "database",
    "aws_docdb_cluster": "database",
    "aws_dynamodb_table": "table",
    "aws_ebs_volume": "volume",
    "aws_ecr_repository": "image repository",
    "aws_efs_file_system": "file system",
    "aws_elasticache_cluster": "cache",
    "aws_kms_key": "key",
    "aws_rds_cluster": "database",
    "aws_s3_bucket": "bucket",
    "aws_secretsmanager_secret": "secret",
    "aws_sqs_queue": "queue",
}


class Verdict(StrEnum):
    """What Terraform does; those that lose something first."""

    DESTROY = "destroy"
    REPLACE = "replace"
    FORGET = "forget"
    UPDATE = "update"
    CREATE = "create"
    MOVE = "move"
    IMPORT = "import"


@dataclass(frozen=True)
class Culprit:
    """An attribute that AWS cannot change in place; ``follows`` names the resources whose change makes it change."""

    path: str
    follows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """The verdict on one resource."""

    address: str
    type: str
    construct: str
    verdict: Verdict
    differences: tuple[Difference, ...] = ()
    culprits: tuple[Culprit, ...] = ()
    reason: str = ""
    previous_address: str | None = None
    create_first: bool = False
    keeps_old: bool = False
    follows: tuple[str, ...] = ()

    @property
    def data(self) -> str | None:
        """What kind of data it holds, if any."""
        return HOLDS_DATA.get(self.type)

    @property
    def loses_data(self) -> bool:
        """Whether data goes: a bucket under another name is another bucket, and the old one is deleted."""
        return bool(self.data) and self.verdict in (Verdict.DESTROY, Verdict.REPLACE) and not self.keeps_old

    @property
    def only_tags(self) -> bool:
        """Whether nothing but tags changes."""
        changed = [each.path.partition(".")[0] for each in self.differences]
        return self.verdict == Verdict.UPDATE and bool(changed) and set(changed) == {"tags"} and not self.follows
