"""Makes the bucket, as far as it is not there yet."""

from http import HTTPStatus

from botocore.exceptions import ClientError

from environments import Environment
from operations.aws.clients import Clients
from operations.errors import OperationError
from operations.state_bucket.settings import put_missing

# The one region whose name S3 does not take. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
_DEFAULT_REGION = "us-east-1"


def bucket_name(environment: Environment) -> str:
    """Return the bucket that the environment names, else one that nobody else's project is likely to have."""
    return environment.state.bucket or f"{environment.project}-terraform-state-{environment.account_id}"


def make_bucket(environment: Environment, clients: Clients) -> list[str]:
    """Make the bucket, or what it lacks; return what was done, nothing where nothing was missing.

    Raises OperationError where the bucket is somebody else's, or in another region than the environment.
    """
    bucket = bucket_name(environment)
    done = [] if _is_there(bucket, environment, clients) else [_create(bucket, environment, clients)]
    return done + put_missing(clients.s3, bucket, environment.arns.bucket(bucket))


def holds_state(environment: Environment, clients: Clients) -> bool:
    """Whether the bucket has a state of the environment in it."""
    objects = clients.s3.list_objects_v2(Bucket=bucket_name(environment), Prefix=environment.state_key)
    return bool(objects["KeyCount"])


def _is_there(bucket: str, environment: Environment, clients: Clients) -> bool:
    try:
        found = clients.s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=environment.account_id)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == HTTPStatus.NOT_FOUND:
            return False
        if status == HTTPStatus.FORBIDDEN:
            raise _unfit(environment, f"{bucket} is another account's, or these credentials may not list it") from None
        raise
    if found["BucketRegion"] != environment.region:
        raise _unfit(environment, f"{bucket} is in {found['BucketRegion']}, {environment.name} in {environment.region}")
    return True


def _unfit(environment: Environment, reason: str) -> OperationError:
    file = f"environments/{environment.name}.toml"
    return OperationError(f"the bucket {reason}; give another as bucket below [state] in {file}")


def _create(bucket: str, environment: Environment, clients: Clients) -> str:
    place = {"CreateBucketConfiguration": {"LocationConstraint": environment.region}}
    clients.s3.create_bucket(Bucket=bucket, **({} if environment.region == _DEFAULT_REGION else place))
    return "the bucket itself"
