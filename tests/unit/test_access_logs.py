"""The bucket of the access logs, by choice."""

import json

import pytest

from tests.unit.stack_json import Stack, Synth

BUCKET = "aws_s3_bucket.access_logs"
GRANTS = ["aws_s3_bucket_policy.access_logs", "aws_s3_bucket_ownership_controls.access_logs"]


@pytest.fixture
def logged(synth: Synth) -> Stack:
    """Dev with access logs."""
    return synth(DEV__ACCESS_LOGS="true")


def test_without_the_choice_there_is_no_bucket(dev: Stack) -> None:
    assert BUCKET not in dev.addresses


def test_load_balancer_and_cdn_log_to_the_bucket(logged: Stack) -> None:
    bucket = "${aws_s3_bucket.access_logs.bucket}"
    assert logged[BUCKET]["bucket"] == "dev-davidshaevel-access-logs"
    assert logged["aws_lb.load_balancer"]["access_logs"] == {"enabled": True, "bucket": bucket}
    assert logged["aws_cloudfront_distribution.cdn"]["logging_config"]["bucket"] == f"{bucket}.s3.amazonaws.com"


@pytest.mark.parametrize("writer", ["aws_lb.load_balancer", "aws_cloudfront_distribution.cdn"])
def test_both_may_write_before_they_are_asked_to(logged: Stack, writer: str) -> None:
    assert logged[writer]["depends_on"] == GRANTS


def test_load_balancers_of_this_account_alone_write_to_it(logged: Stack) -> None:
    (statement,) = json.loads(logged["aws_s3_bucket_policy.access_logs"]["policy"])["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "${aws_s3_bucket.access_logs.arn}/AWSLogs/123456789012/*",
    }


def test_cloudfront_finds_acls_on(logged: Stack) -> None:
    rule = logged["aws_s3_bucket_ownership_controls.access_logs"]["rule"]
    assert rule == {"object_ownership": "BucketOwnerPreferred"}


def test_it_is_private_and_encrypted(logged: Stack) -> None:
    blocked = logged["aws_s3_bucket_public_access_block.access_logs"]
    assert all(blocked[key] for key in blocked.keys() - {"bucket", "//"})
    (rule,) = logged["aws_s3_bucket_server_side_encryption_configuration.access_logs"]["rule"]
    # Elastic Load Balancing writes to no bucket with a key of KMS.
    assert rule["apply_server_side_encryption_by_default"] == {"sse_algorithm": "AES256"}


def test_logs_expire_as_all_logs_do(synth: Synth) -> None:
    stack = synth(DEV__ACCESS_LOGS="true", DEV__LOG_RETENTION_DAYS="30")
    (rule,) = stack["aws_s3_bucket_lifecycle_configuration.access_logs"]["rule"]
    assert (rule["status"], rule["expiration"]) == ("Enabled", [{"days": 30}])
