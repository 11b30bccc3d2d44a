"""A session's channel: frames in order in both directions, whichever connection carries them."""

import json
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

from websockets.exceptions import ConnectionClosed

from operations.ecs_exec.data_channel.connection import ConnectError, Session, connect
from operations.ecs_exec.data_channel.encryption import (
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
from operations.ecs_exec.data_channel.resume import Attempts, Resume, ResumeError
from operations.ecs_exec.data_channel.stream import Inbound, Outbound

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

_POLL_SECONDS = 0.1

Sink = Callable[[bytes], None]
"""Takes the next piece of output, in order; a piece may end within a character."""


class ChannelError(Exception):
    """The channel gives no more; the text says why."""


class ChannelClosedError(ChannelError):
    """The far end closed the channel for good; the text is what it said, "" after a normal end."""


class Channel:
    """The two streams of one session. They outlive a connection: sequence numbers go on over the next one.

    One thread calls ``step``; any may call ``say``.
    """

    def __init__(
        self, sink: Sink, stop: Event, new_data_key: NewDataKey | None = None, resume: Resume | None = None
    ) -> None:
        """Give the output to the sink. Without data keys encryption is refused, without ``resume`` a break is final."""
        self._sink, self._new_data_key, self._resume = sink, new_data_key, resume
        self._inbound, self._outbound = Inbound(), Outbound()
        self._client_id = str(uuid.uuid4())
        self._attempts = Attempts(stop)
        self._lock = Lock()
        self._connection: ClientConnection | None = None
        self._cipher: Cipher | None = None
        self._damaged = 0
        self.ready = Event()
        """Set once the far end takes input: the agent drops what comes before its handshake is complete."""

    @property
    def connected(self) -> bool:
        """Whether there is a connection, as far as is known."""
        return self._connection is not None

    @property
    def damage(self) -> str:
        """A note of the damaged frames for the end of an error, "" if there were none."""
        return f" ({self._damaged} damaged frames were dropped)" if self._damaged else ""

    def open(self, session: Session, deadline: float) -> None:
        """Open the first connection; raises ConnectError."""
        self._connection = connect(session, self._client_id, deadline)

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection:
            self._connection.close()

    def step(self, until: float) -> None:
        """Take one message, or wait for a moment; send again what has not been acknowledged.

        Raises ChannelError once no more can come, HandshakeError if the two ends cannot agree.
        """
        connection = self._connection
        if connection is None:
            raise ChannelError("the channel is not open")
        with self._lock:
            overdue = self._outbound.due(time.monotonic())
        if overdue:
            self._send(overdue)
        try:
            message = connection.recv(timeout=min(_POLL_SECONDS, max(until - time.monotonic(), 0)))
        except TimeoutError:
            return
        except ConnectionClosed as error:
            self._reconnect(until, str(error))
            return
        if isinstance(message, bytes):
            self._take(message)

    def say(self, payload_type: PayloadType, payload: bytes) -> None:
        """Send a frame of the input stream; it is sent again until the far end has it."""
        # In one go: what is numbered first is also sent first.
        with self._lock:
            if payload_type == PayloadType.OUTPUT and self._cipher:
                payload = self._cipher.encrypt(payload)
            self._send(self._outbound.frame(payload_type, payload, time.monotonic()))

    def _reconnect(self, until: float, why: str) -> None:
        """Carry on over another connection; what either end has not acknowledged is sent again over it."""
        self._connection = None
        while self._resume and self._attempts.wait(until):
            try:
                self._connection = connect(self._resume(), self._client_id, until)
            except ResumeError as error:
                raise ChannelError(f"the connection broke off ({why}) and cannot be resumed: {error}") from None
            except (ConnectError, OSError) as error:
                why = str(error)
            else:
                return
        raise ChannelError(f"the connection broke off: {why}")

    def _take(self, message: bytes) -> None:
        try:
            frame = unpack(message)
        except FrameError:
            # Not acknowledged, so it will be sent again.
            self._damaged += 1
            return
        self._attempts.renew()
        if frame.type == FrameType.OUTPUT:
            if self._inbound.accept(frame):
                self._send(acknowledgement(frame))
            for each in self._inbound.ready():
                self._process(each)
        elif frame.type == FrameType.ACKNOWLEDGE:
            with self._lock:
                self._outbound.acknowledged(_document(frame).get("AcknowledgedMessageSequenceNumber"))
        elif frame.type == FrameType.CHANNEL_CLOSED:
            raise ChannelClosedError(" ".join(str(_document(frame).get("Output") or "").split()))

    def _process(self, frame: Frame) -> None:
        if frame.payload_type in (PayloadType.OUTPUT, PayloadType.STDERR):
            self.ready.set()
            self._sink(self._cipher.decrypt(frame.payload) if self._cipher else frame.payload)
        elif frame.payload_type == PayloadType.HANDSHAKE_REQUEST:
            response, cipher, refusal = answer_request(frame.payload, self._new_data_key)
            self.say(PayloadType.HANDSHAKE_RESPONSE, response)
            if refusal:
                raise HandshakeError(refusal)
            self._cipher = cipher
        elif frame.payload_type == PayloadType.ENCRYPTION_CHALLENGE:
            response = answer_challenge(frame.payload, self._cipher)
            self.say(PayloadType.ENCRYPTION_CHALLENGE_RESPONSE, response)
        elif frame.payload_type == PayloadType.HANDSHAKE_COMPLETE:
            self.ready.set()

    def _send(self, frame: Frame) -> None:
        # What arrived before the connection closed is still to be received, and the receive will report the closing.
        with suppress(ConnectionClosed):
            if connection := self._connection:
                connection.send(pack(frame))


# Any: documents of the protocol.
def _document(frame: Frame) -> dict[str, Any]:
    try:
        document = json.loads(frame.payload)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
