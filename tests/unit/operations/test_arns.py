"""ARNs are built in the partition of the region, or of the caller."""

import pytest

from environments import load
from operations.aws.arns import Arns
from operations.aws.caller import Caller


@pytest.mark.parametrize(
    ("region", "partition"),
    [("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-south-9", "aws")],
)
def test_the_region_decides_the_partition(region: str, partition: str) -> None:
    arns = Arns.of(load("dev").model_copy(update={"region": region}))
    assert arns.regional("ecs", "cluster/x") == f"arn:{partition}:ecs:{region}:123456789012:cluster/x"


def test_no_profile_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    assert Arns.of(load("dev")).bucket("x") == "arn:aws:s3:::x"


def test_the_caller_decides_the_partition() -> None:
    arns = Caller("arn:aws-cn:iam::123456789012:user/alex").arns("cn-north-1")
    assert arns.iam("role/x") == "arn:aws-cn:iam::123456789012:role/x"
    assert arns.aws_managed_policy("X") == "arn:aws-cn:iam::aws:policy/X"
