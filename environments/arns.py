"""The ARNs of one account and region, in the partition that they are in."""

import re
from dataclasses import dataclass
from typing import Self

# As botocore's partitions.json has them; a region of none of these is in "aws".
_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
    "eu-isoe-": "aws-iso-e",
    "eusc-": "aws-eusc",
}


@dataclass(frozen=True)
class Arns:
    """Builds ARNs; the partition is not always ``aws``.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """

    partition: str
    region: str
    account_id: str

    @classmethod
    def of(cls, region: str, account_id: str) -> Self:
        """Take a region, an account, and the partition that the region is in; AWS is not asked."""
        return cls(partition_of(region), region, account_id)

    def regional(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of the region, such as ``cluster/NAME`` of ``ecs``."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"

    def iam(self, resource: str) -> str:
        """Return the ARN of what the account has in IAM, such as ``role/NAME``."""
        return f"arn:{self.partition}:iam::{self.account_id}:{resource}"

    def aws_managed_policy(self, name: str) -> str:
        """Return the ARN of a policy that AWS manages."""
        return f"arn:{self.partition}:iam::aws:policy/{name}"

    def bucket(self, name: str) -> str:
        """Return the ARN of an S3 bucket."""
        return f"arn:{self.partition}:s3:::{name}"


def partition_of(region: str) -> str:
    """Return the partition that a region is in.

    https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
    """
    start = re.match(r"us-gov-|[a-z]+-iso[a-z]?-|[a-z]+-", region)
    return _PARTITIONS.get(start[0], "aws") if start else "aws"
