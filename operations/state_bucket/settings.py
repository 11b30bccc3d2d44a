"""What the bucket of a Terraform state must have, and how AWS is asked for it."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

# Any: what AWS's APIs answer and take.
Document = dict[str, Any]

_NO_PUBLIC_ACCESS = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)
_NO_ACLS = {"ObjectOwnership": "BucketOwnerEnforced"}
_TLS_ONLY = "RefuseRequestsWithoutTls"


class Setting(NamedTuple):
    """One setting of a bucket: what it is for, its name in S3's API, and the wanted value for the present one.

    ``wanted`` takes the bucket's ARN and answers the arguments to write, or none if the present value will do. The
    present value is empty if nothing is set.
    """

    purpose: str
    name: str
    wanted: Callable[[str, Document], Document]


def put_missing(s3: Any, bucket: str, arn: str) -> list[str]:  # noqa: ANN401 - boto3 makes its clients at run time
    """Set what is not as wanted; return the purposes of what was set."""
    done = []
    for setting in SETTINGS:
        if arguments := setting.wanted(arn, _present(s3, bucket, setting.name)):
            getattr(s3, f"put_{setting.name}")(Bucket=bucket, **arguments)
            done.append(setting.purpose)
    return done


def _present(s3: Any, bucket: str, name: str) -> Document:  # noqa: ANN401 - as above
    try:
        present: Document = getattr(s3, f"get_{name}")(Bucket=bucket)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != HTTPStatus.NOT_FOUND:
            raise
        return {}
    return present


def _versions(_arn: str, present: Document) -> Document:
    return {} if present.get("Status") == "Enabled" else {"VersioningConfiguration": {"Status": "Enabled"}}


def _encryption(_arn: str, present: Document) -> Document:
    # A KMS key that somebody chose is no worse.
    if present:
        return {}
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}


def _privacy(_arn: str, present: Document) -> Document:
    blocked = present.get("PublicAccessBlockConfiguration", {})
    return {} if blocked == _NO_PUBLIC_ACCESS else {"PublicAccessBlockConfiguration": _NO_PUBLIC_ACCESS}


def _ownership(_arn: str, present: Document) -> Document:
    rules = present.get("OwnershipControls", {}).get("Rules")
    return {} if rules == [_NO_ACLS] else {"OwnershipControls": {"Rules": [_NO_ACLS]}}


def _policy(arn: str, present: Document) -> Document:
    statement = {
        "Sid": _TLS_ONLY,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = json.loads(present.get("Policy", '{"Version": "2012-10-17", "Statement": []}'))
    if statement in policy["Statement"]:
        return {}
    # What else the policy says is its owner's.
    others = [each for each in policy["Statement"] if each.get("Sid") != _TLS_ONLY]
    return {"Policy": json.dumps(policy | {"Statement": [*others, statement]})}


# https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
SETTINGS = (
    Setting("every version of a state is kept", "bucket_versioning", _versions),
    Setting("encrypted with AES256", "bucket_encryption", _encryption),
    Setting("no public access", "public_access_block", _privacy),
    Setting("no ACLs: all in it is its owner's", "bucket_ownership_controls", _ownership),
    Setting("requests without TLS are refused", "bucket_policy", _policy),
)
