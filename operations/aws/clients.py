"""AWS's clients of one environment, made when first asked for."""

from collections.abc import Mapping
from threading import Lock
from typing import Any, Self

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config

from environments import Environment
from operations.errors import OperationError

Document = Mapping[str, Any]
"""What AWS's APIs answer, as boto3 decodes it."""

# Answers that take longer are worth no waiting: a check should say so instead. Seconds.
_CONFIG = Config(
    connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3}, max_pool_connections=32
)


class Clients:
    """Clients of one region, with the credentials of a session; any thread may ask for them.

    boto3 clients can be shared between threads, sessions cannot.
    https://docs.aws.amazon.com/boto3/latest/guide/clients.html
    """

    def __init__(self, session: boto3.Session) -> None:
        """Take the session, whose region every client gets."""
        self._session = session
        self._lock = Lock()
        # Any: boto3 makes its clients at run time.
        self._made: dict[str, Any] = {}

    @classmethod
    def of(cls, environment: Environment) -> Self:
        """Make the clients of an environment's region, with the credentials that boto3 finds."""
        return cls(boto3.Session(region_name=environment.region))

    def sign(self, service: str, url: str) -> dict[str, str]:
        """Return the headers that sign a GET of a URL which no client makes; none where there are no credentials.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
        """
        with self._lock:
            credentials = self._session.get_credentials()
            if credentials is None:
                return {}
            request = AWSRequest("GET", url)
            SigV4Auth(credentials.get_frozen_credentials(), service, self._session.region_name).add_auth(request)
        return dict(request.headers.items())

    def __getattr__(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """Return the client of a service by its name in boto3: ``clients.ecs``."""
        if service.startswith("_"):
            raise AttributeError(service)
        with self._lock:
            if service not in self._made:
                self._made[service] = self._client(service)
            return self._made[service]

    def _client(self, service: str) -> Any:  # noqa: ANN401 - as above
        try:
            return self._session.client(service, config=_CONFIG)
        except ValueError as error:
            raise OperationError(f"AWS's {service} has no usable address: {error}; correct AWS_ENDPOINT_URL") from None
