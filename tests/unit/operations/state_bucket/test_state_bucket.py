"""The bucket for Terraform's state: made once, mended where it lacks something, and never taken from somebody else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from pydantic import TypeAdapter

from environments import load
from environments.base import BucketName
from operations.command_line import main
from operations.state_bucket.bucket import bucket_name

Capture = pytest.CaptureFixture[str]

BUCKET = "davidshaevel-terraform-state-123456789012"
REPORT = f"""\
{BUCKET} in account 123456789012, us-east-1:
  + the bucket itself
  + every version of a state is kept
  + encrypted with AES256
  + no public access
  + no ACLs: all in it is its owner's
  + requests without TLS are refused
Add to environments/dev.toml, to keep the state there:
  [state]
  bucket = "{BUCKET}"
"""


@pytest.fixture(autouse=True)
def s3(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """An empty AWS, in a folder without a local state."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    # As with AWS, a bucket is its account's alone.
    monkeypatch.setenv("MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS", "false")
    with mock_aws():
        yield boto3.client("s3", region_name="us-east-1")


def settings(s3: Any, bucket: str = BUCKET) -> dict[str, Any]:  # noqa: ANN401 - boto3 makes its clients at run time
    """Return all that the command sets, as S3 tells it."""
    names = ("versioning", "encryption", "ownership_controls", "policy")
    answers = [getattr(s3, f"get_bucket_{name}")(Bucket=bucket) for name in names]
    answers.append(s3.get_public_access_block(Bucket=bucket))
    return {key: value for answer in answers for key, value in answer.items() if key != "ResponseMetadata"}


def test_it_is_made_and_told_with_the_lines_to_add(capsys: Capture) -> None:
    assert main(["state-bootstrap", "dev"]) == 0
    assert capsys.readouterr().out == REPORT


def test_it_keeps_versions_encrypted_and_private(s3: Any) -> None:  # noqa: ANN401 - as above
    main(["state-bootstrap", "dev"])
    made = settings(s3)
    (encryption,) = made["ServerSideEncryptionConfiguration"]["Rules"]
    (statement,) = json.loads(made["Policy"])["Statement"]
    assert made["Status"] == "Enabled"
    assert encryption["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert made["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert set(made["PublicAccessBlockConfiguration"].values()) == {True}
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Resource"] == [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_its_policy_is_of_its_own_partition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEV__REGION", "us-gov-west-1")
    monkeypatch.setenv("DEV__NETWORK__ZONES", '["us-gov-west-1a", "us-gov-west-1b"]')
    main(["state-bootstrap", "dev"])
    gov = boto3.client("s3", region_name="us-gov-west-1")
    (statement,) = json.loads(gov.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert statement["Resource"][0] == f"arn:aws-us-gov:s3:::{BUCKET}"


def test_a_second_run_changes_nothing_and_says_so(s3: Any, capsys: Capture) -> None:  # noqa: ANN401 - as above
    main(["state-bootstrap", "dev"])
    before = settings(s3)
    capsys.readouterr()
    assert main(["state-bootstrap", "dev"]) == 0
    assert capsys.readouterr().out.startswith(
        f"{BUCKET} in account 123456789012, us-east-1: all is as it should be, nothing was changed.\n"
    )
    assert settings(s3) == before


def test_what_went_missing_is_set_again_alone(s3: Any, capsys: Capture) -> None:  # noqa: ANN401 - as above
    main(["state-bootstrap", "dev"])
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    capsys.readouterr()
    assert main(["state-bootstrap", "dev"]) == 0
    assert capsys.readouterr().out.splitlines()[1:3] == [
        "  + every version of a state is kept",
        "Add to environments/dev.toml, to keep the state there:",
    ]
    assert settings(s3)["Status"] == "Enabled"


def test_what_its_owner_has_set_stays(s3: Any) -> None:  # noqa: ANN401 - as above
    s3.create_bucket(Bucket=BUCKET)
    kms = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration=kms)
    audit = {"Sid": "Audit", "Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:ListBucket"}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [audit]}))
    assert main(["state-bootstrap", "dev"]) == 0
    after = settings(s3)
    (encryption,) = after["ServerSideEncryptionConfiguration"]["Rules"]
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert [each["Sid"] for each in json.loads(after["Policy"])["Statement"]] == ["Audit", "RefuseRequestsWithoutTls"]


def test_the_environments_bucket_is_made_in_its_region(
    s3: Any,  # noqa: ANN401 - as above
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    monkeypatch.setenv("DEV__STATE__BUCKET", "acme-state")
    monkeypatch.setenv("DEV__REGION", "eu-west-1")
    monkeypatch.setenv("DEV__NETWORK__ZONES", '["eu-west-1a", "eu-west-1b"]')
    assert main(["state-bootstrap", "dev"]) == 0
    assert s3.head_bucket(Bucket="acme-state")["BucketRegion"] == "eu-west-1"
    assert "[state]" not in capsys.readouterr().out


def test_a_local_state_comes_with_the_commands_that_move_it(capsys: Capture) -> None:
    Path("terraform.dev.tfstate").touch()
    main(["state-bootstrap", "dev"])
    first, *_, last = capsys.readouterr().out.splitlines()[7:]
    assert first == "First see that nothing is to be changed: npx cdktf diff dev"
    assert last == "Then move the state, once, from this folder: npx cdktf deploy dev --migrate-state"


def test_a_state_in_the_bucket_is_not_told_to_be_overwritten(s3: Any, capsys: Capture) -> None:  # noqa: ANN401 - as above
    main(["state-bootstrap", "dev"])
    s3.put_object(Bucket=BUCKET, Key="dev/terraform.tfstate", Body=b"{}")
    Path("terraform.dev.tfstate").touch()
    main(["state-bootstrap", "dev"])
    assert "--migrate-state" not in capsys.readouterr().out


def test_credentials_of_another_account_make_nothing(s3: Any, capsys: Capture) -> None:  # noqa: ANN401 - as above
    assert main(["state-bootstrap", "prod"]) == 2
    assert capsys.readouterr().err.startswith("the credentials are of account 123456789012, prod belongs to 2109876")
    assert s3.list_buckets()["Buckets"] == []


def complaint(capsys: Capture) -> str:
    """Return the last line, which comes after the override in force."""
    return capsys.readouterr().err.splitlines()[-1]


def test_somebody_elses_bucket_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    # A request is of its key's account here.
    monkeypatch.delenv("MOTO_ACCOUNT_ID")
    role = boto3.client("sts").assume_role(RoleArn="arn:aws:iam::999999999999:role/other", RoleSessionName="other")
    key = role["Credentials"]
    other = boto3.client(
        "s3",
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        aws_session_token=key["SessionToken"],
    )
    other.create_bucket(Bucket="acme-state")
    monkeypatch.setenv("DEV__STATE__BUCKET", "acme-state")
    assert main(["state-bootstrap", "dev"]) == 2
    assert complaint(capsys) == (
        "the bucket acme-state is another account's, or these credentials may not list it; "
        "give another as bucket below [state] in environments/dev.toml"
    )


def test_a_bucket_in_another_region_is_refused(
    s3: Any,  # noqa: ANN401 - as above
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    s3.create_bucket(Bucket="acme-state", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    monkeypatch.setenv("DEV__STATE__BUCKET", "acme-state")
    assert main(["state-bootstrap", "dev"]) == 2
    assert (
        capsys.readouterr()
        .err.splitlines()[-1]
        .startswith("the bucket acme-state is in eu-west-1, dev in us-east-1; give another ")
    )


def test_no_credentials_are_one_line(monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert main(["state-bootstrap", "dev"]) == 2
    assert capsys.readouterr().err == "no AWS credentials: Unable to locate credentials; log in, or set AWS_PROFILE\n"


def test_an_unreachable_aws_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert main(["state-bootstrap", "dev"]) == 2
    assert capsys.readouterr().err.startswith("AWS cannot be reached: ")


def test_what_s3_refuses_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    assert main(["state-bootstrap", "dev"]) == 2
    assert capsys.readouterr().err.startswith("the bucket is not as it should be: Could not connect to the endpoint")


def test_an_unknown_environment_is_one_line(capsys: Capture) -> None:
    assert main(["state-bootstrap", "devv"]) == 2
    assert capsys.readouterr().err.startswith("environments: unknown environment devv; did you mean dev?")


def test_the_longest_project_makes_a_name_that_s3_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEV__PROJECT", "p" * 16)
    name = bucket_name(load("dev"))
    assert TypeAdapter(BucketName).validate_python(name) == "p" * 16 + "-terraform-state-123456789012"
