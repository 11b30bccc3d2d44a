"""The connection itself: opens a session's channel and follows a command to its end."""

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from operations.ecs_exec.data_channel.command import Transcript
from operations.ecs_exec.data_channel.encryption import (
    CLIENT_VERSION,
    Cipher,
    HandshakeError,
    NewDataKey,
    answer_challenge,
    answer_request,
)
from operations.ecs_exec.data_channel.frames import (
    Frame,
    FrameError,
    FrameType,
    PayloadType,
    acknowledgement,
    pack,
    unpack,
)
from operations.ecs_exec.data_channel.stream import Inbound, Outbound

_OPEN_SECONDS = 10.0
_CLOSE_SECONDS = 1.0
_POLL_SECONDS = 0.1
_INTERRUPTED_SECONDS = 1.5
_PING_SECONDS = 60.0
_CTRL_C = b"\x03"


@dataclass(frozen=True)
class Session:
    """Where a session's channel is, and what opens it: the token, and headers that sign the request."""

    url: str
    token: str
    headers: Mapping[str, str]


class _ChannelEndedError(Exception):
    """The channel gives no more; the text says why."""


def follow(
    session: Session, transcript: Transcript, *, deadline: float, stop: Event, new_data_key: NewDataKey | None = None
) -> str:
    """Feed the transcript until the command has ended; return "", or why its end is unknown.

    At the deadline (of ``time.monotonic``, in seconds), or once ``stop`` is set, Ctrl-C goes to the command. Data keys
    come from the caller; without them, an agent that wants encryption is refused.
    """
    try:
        with _connected(session, deadline) as connection:
            return _Channel(connection, transcript, new_data_key).follow(deadline, stop)
    except InvalidStatus as error:
        return f"the session's channel refuses this client: HTTP {error.response.status_code}"
    except (OSError, WebSocketException) as error:
        return f"the session's channel cannot be opened: {error}"


@contextmanager
def _connected(session: Session, deadline: float) -> Iterator[Connection]:
    with connect(
        session.url,
        additional_headers=dict(session.headers),
        compression=None,
        open_timeout=min(max(deadline - time.monotonic(), 0), _OPEN_SECONDS),
        close_timeout=_CLOSE_SECONDS,
        ping_interval=_PING_SECONDS,
        # Pings keep the way open; that they are answered is not promised.
        ping_timeout=None,
    ) as connection:
        opening = {
            "MessageSchemaVersion": "1.0",
            "RequestId": str(uuid.uuid4()),
            "TokenValue": session.token,
            "ClientId": str(uuid.uuid4()),
            "ClientVersion": CLIENT_VERSION,
        }
        with suppress(ConnectionClosed):  # the next receive tells why
            connection.send(json.dumps(opening))
        yield connection


class _Channel:
    """One open channel."""

    def __init__(self, connection: Connection, transcript: Transcript, new_data_key: NewDataKey | None) -> None:
        self._connection = connection
        self._transcript = transcript
        self._new_data_key = new_data_key
        self._inbound, self._outbound = Inbound(), Outbound()
        self._cipher: Cipher | None = None
        self._damaged = 0

    def follow(self, deadline: float, stop: Event) -> str:
        """Receive until the end is known, or nothing more can come."""
        try:
            while not self._transcript.ended:
                if stop.is_set():
                    return self._interrupt("it was interrupted")
                if time.monotonic() >= deadline:
                    return self._interrupt("it had not ended when its time was up, and was interrupted")
                self._step(deadline)
        except (_ChannelEndedError, HandshakeError) as error:
            return f"{error}{self._damage()}"
        return ""

    def _interrupt(self, reason: str) -> str:
        """Stop the command as a person would, and see it end where it does so soon."""
        self._say(PayloadType.OUTPUT, _CTRL_C)
        until = time.monotonic() + _INTERRUPTED_SECONDS
        with suppress(_ChannelEndedError, HandshakeError):
            while time.monotonic() < until:
                self._step(until)
        # A command may end with a status of its own just then; it was not left to its own end all the same.
        self._transcript.exit_status = None
        return f"{reason}{self._damage()}"

    def _damage(self) -> str:
        return f" ({self._damaged} damaged frames were dropped)" if self._damaged else ""

    def _step(self, until: float) -> None:
        """Take one message, or wait for a moment; send again what has not been acknowledged."""
        if overdue := self._outbound.due(time.monotonic()):
            self._send(overdue)
        try:
            message = self._connection.recv(timeout=min(_POLL_SECONDS, max(until - time.monotonic(), 0)))
        except TimeoutError:
            return
        except ConnectionClosed as error:
            raise _ChannelEndedError(f"the connection broke off before the command's end: {error}") from None
        if isinstance(message, bytes):
            self._take(message)

    def _take(self, message: bytes) -> None:
        try:
            frame = unpack(message)
        except FrameError:
            # Not acknowledged, so it will be sent again.
            self._damaged += 1
            return
        if frame.type == FrameType.OUTPUT:
            if self._inbound.accept(frame):
                self._send(acknowledgement(frame))
            for each in self._inbound.ready():
                self._process(each)
        elif frame.type == FrameType.ACKNOWLEDGE:
            self._outbound.acknowledged(_document(frame).get("AcknowledgedMessageSequenceNumber"))
        elif frame.type == FrameType.CHANNEL_CLOSED:
            raise _ChannelEndedError(self._closed(_document(frame).get("Output") or ""))

    def _process(self, frame: Frame) -> None:
        if frame.payload_type in (PayloadType.OUTPUT, PayloadType.STDERR):
            self._transcript.feed(self._cipher.decrypt(frame.payload) if self._cipher else frame.payload)
        elif frame.payload_type == PayloadType.HANDSHAKE_REQUEST:
            response, self._cipher, refusal = answer_request(frame.payload, self._new_data_key)
            self._say(PayloadType.HANDSHAKE_RESPONSE, response)
            if refusal:
                raise HandshakeError(refusal)
        elif frame.payload_type == PayloadType.ENCRYPTION_CHALLENGE:
            response = answer_challenge(frame.payload, self._cipher)
            self._say(PayloadType.ENCRYPTION_CHALLENGE_RESPONSE, response)

    def _say(self, payload_type: PayloadType, payload: bytes) -> None:
        if payload_type == PayloadType.OUTPUT and self._cipher:
            payload = self._cipher.encrypt(payload)
        self._send(self._outbound.frame(payload_type, payload, time.monotonic()))

    def _send(self, frame: Frame) -> None:
        # What arrived before the connection closed is still to be received, and the receive will tell of the closing.
        with suppress(ConnectionClosed):
            self._connection.send(pack(frame))

    def _closed(self, reason: str) -> str:
        said = " ".join(reason.split())
        if self._transcript.started:
            return f"the session was closed before the command's end{said and ': '}{said}"
        if "no such file" in said:
            return f"nothing can be run in it, its image has no /bin/sh: {said}"
        return f"the command could not be started: {said or self._transcript.output.strip() or 'no reason given'}"


# Any: documents of the protocol.
def _document(frame: Frame) -> dict[str, Any]:
    try:
        document = json.loads(frame.payload)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
