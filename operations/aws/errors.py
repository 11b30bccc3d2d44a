"""What AWS refused, in words for a person."""

from botocore.exceptions import BotoCoreError, ClientError

AWS_ERRORS = (ClientError, BotoCoreError)
"""All that a call to AWS raises: AWS said no, or there was no answer."""


def explain(error: ClientError | BotoCoreError) -> str:
    """Return one line: which call AWS refused and why, or that AWS could not be asked.

    https://docs.aws.amazon.com/boto3/latest/guide/error-handling.html
    """
    if not isinstance(error, ClientError):
        return f"AWS could not be asked: {error}"
    answer = error.response["Error"]
    return f"AWS refused {error.operation_name}: {answer['Code']}: {answer.get('Message', '')}"


def is_missing(error: ClientError) -> bool:
    """Return whether AWS answered that something does not exist: a fault of the platform, not of the call.

    AWS's APIs share no code for it: LoadBalancerNotFound, DBInstanceNotFound, ResourceNotFoundException, NoSuchEntity.
    """
    code: str = error.response["Error"]["Code"]
    return "NotFound" in code or code.startswith("NoSuch")
