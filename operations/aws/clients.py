"""AWS's clients of one environment, made when first asked for."""

from collections.abc import Mapping
from threading import Lock
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config

from environments import Environment
from operations.errors import OperationError

Document = Mapping[str, Any]
"""What AWS's APIs answer, as boto3 decodes it."""

_ATTEMPTS = 3


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
        self._made: dict[tuple[Any, ...], Any] = {}

    @classmethod
    def of(cls, environment: Environment) -> Self:
        """Make the clients of an environment's region, with the credentials that boto3 finds."""
        return cls(boto3.Session(region_name=environment.region))

    def sign(self, service: str, url: str) -> dict[str, str]:
        """Return the headers that sign a GET of a URL which no client makes.

        There are none if the URL carries a signature, or there are no credentials. AWS's URLs hold raw base64: what is
        signed is what their query says, not how it is written.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
        """
        address = urlsplit(url)
        # A plus is read as a space, as by AWS's session-manager-plugin, which signs the same URLs.
        parameters = parse_qsl(address.query, keep_blank_values=True)
        if any(name == "X-Amz-Signature" for name, _ in parameters):
            return {}
        with self._lock:
            credentials = self._session.get_credentials()
            if credentials is None:
                return {}
            # botocore encodes parameters, but takes a query that is part of the URL as it stands.
            request = AWSRequest("GET", urlunsplit(address._replace(query="")), params=parameters)
            SigV4Auth(credentials.get_frozen_credentials(), service, self._session.region_name).add_auth(request)
        return dict(request.headers.items())

    def __getattr__(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """Return the client of a service by its name in boto3: ``clients.ecs``."""
        if service.startswith("_"):
            raise AttributeError(service)
        return self._client(service, self._session.region_name, _ATTEMPTS)

    def in_region(self, service: str, region: str) -> Any:  # noqa: ANN401 - as above
        """Return the client of a service in another region than the environment's."""
        return self._client(service, region, _ATTEMPTS)

    def without_retries(self, service: str) -> Any:  # noqa: ANN401 - as above
        """Return a client that sends each request once, for calls that start something each time they arrive."""
        return self._client(service, self._session.region_name, 1)

    def _client(self, *key: Any) -> Any:  # noqa: ANN401 - as above
        with self._lock:
            if key not in self._made:
                self._made[key] = self._new_client(*key)
            return self._made[key]

    def _new_client(self, service: str, region: str, attempts: int) -> Any:  # noqa: ANN401 - as above
        # Seconds; an answer that takes longer is not worth waiting for: a check reports that instead.
        config = Config(
            connect_timeout=5,
            read_timeout=20,
            retries={"mode": "standard", "total_max_attempts": attempts},
            max_pool_connections=32,
        )
        try:
            return self._session.client(service, region_name=region, config=config)
        except ValueError as error:
            raise OperationError(f"AWS's {service} has no usable address: {error}; correct AWS_ENDPOINT_URL") from None
