"""One WebSocket to a session: opened, and introduced with the session's token."""

import json
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as connect_websocket

from operations.ecs_exec.data_channel.encryption import CLIENT_VERSION

_OPEN_SECONDS = 10.0
_CLOSE_SECONDS = 1.0
_PING_SECONDS = 60.0


@dataclass(frozen=True)
class Session:
    """Where a session's channel is, and what opens it: the token, and headers that sign the request."""

    url: str
    token: str
    headers: Mapping[str, str]


class ConnectError(Exception):
    """The connection cannot be opened; the text says why."""


def connect(session: Session, client_id: str, deadline: float) -> ClientConnection:
    """Open a session's channel before the deadline (of ``time.monotonic``, in seconds); raises ConnectError."""
    try:
        connection = connect_websocket(
            session.url,
            additional_headers=dict(session.headers),
            compression=None,
            open_timeout=min(max(deadline - time.monotonic(), 0), _OPEN_SECONDS),
            close_timeout=_CLOSE_SECONDS,
            ping_interval=_PING_SECONDS,
            # Pings keep the way open; that they are answered is not promised.
            ping_timeout=None,
        )
    except InvalidStatus as error:
        raise ConnectError(f"the session's channel refuses this client: HTTP {error.response.status_code}") from None
    except (OSError, WebSocketException) as error:
        raise ConnectError(f"the session's channel cannot be opened: {error}") from None
    with suppress(ConnectionClosed):  # the next receive says why
        connection.send(_introduction(session.token, client_id))
    return connection


def _introduction(token: str, client_id: str) -> str:
    return json.dumps(
        {
            "MessageSchemaVersion": "1.0",
            "RequestId": str(uuid.uuid4()),
            "TokenValue": token,
            "ClientId": client_id,
            "ClientVersion": CLIENT_VERSION,
        }
    )
