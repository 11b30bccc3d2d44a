"""Whether AWS can be asked at all, and whether it is the right one: before anything else is."""

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from environments import Environment
from operations.aws.clients import Clients
from operations.errors import OperationError


def require_account(environment: Environment, clients: Clients) -> None:
    """Raise OperationError where no AWS answers, or credentials are of another account than the environment's.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    """
    try:
        account = clients.sts.get_caller_identity()["Account"]
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise OperationError(f"no AWS credentials: {error}; log in, or set AWS_PROFILE") from None
    except ClientError as error:
        answer = error.response["Error"]
        raise OperationError(
            f"AWS refuses the credentials: {answer['Code']}: {answer.get('Message', '')}; log in again"
        ) from None
    except BotoCoreError as error:
        raise OperationError(f"AWS cannot be reached: {error}") from None
    if account != environment.account_id:
        raise OperationError(
            f"the credentials are of account {account}, {environment.name} belongs to {environment.account_id}; "
            f"choose others, or correct account_id in environments/{environment.name}.toml"
        )
