"""ARNs are built in the partition of the region, or of the caller."""

import pytest
from botocore.session import Session

from environments import load
from environments.arns import partition_of
from operations.aws.caller import Caller

AWS = Session()
PARTITIONS = AWS.get_available_partitions()


@pytest.mark.parametrize("partition", PARTITIONS)
def test_the_region_decides_the_partition(partition: str) -> None:
    regions = [each for each in AWS.get_available_regions("sts", partition) if not each.endswith("-global")]
    assert regions
    assert {partition_of(region) for region in regions} == {partition}


def test_a_region_not_known_yet_is_in_the_first_partition() -> None:
    assert partition_of("eu-south-9") == "aws"


def test_an_environment_has_the_arns_of_its_region() -> None:
    arns = load("dev").model_copy(update={"region": "cn-north-1"}).arns
    assert arns.regional("ecs", "cluster/x") == "arn:aws-cn:ecs:cn-north-1:123456789012:cluster/x"
    assert arns.bucket("x") == "arn:aws-cn:s3:::x"


def test_the_caller_decides_the_partition() -> None:
    arns = Caller("arn:aws-cn:iam::123456789012:user/alex").arns("cn-north-1")
    assert arns.iam("role/x") == "arn:aws-cn:iam::123456789012:role/x"
    assert arns.aws_managed_policy("X") == "arn:aws-cn:iam::aws:policy/X"
