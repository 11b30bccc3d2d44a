"""The ARNs of one account and region, in the partition that they are in."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from botocore.loaders import create_loader
from botocore.regions import EndpointResolver

from environments import Environment


@dataclass(frozen=True)
class Arns:
    """Builds ARNs; the partition is not always ``aws``.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """

    partition: str
    region: str
    account_id: str

    @classmethod
    def of(cls, environment: Environment) -> Self:
        """Take an environment's account and region, and the partition of the region; AWS is not asked."""
        return cls(_partition(environment.region), environment.region, environment.account_id)

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


def _partition(region: str) -> str:
    partition: str = _regions().get_partition_for_region(region)
    return partition


# Any: botocore has no types.
@cache
def _regions() -> Any:  # noqa: ANN401
    # Not from a session, which would read the user's profile; a policy is printed without one.
    return EndpointResolver(create_loader().load_data("endpoints"))
