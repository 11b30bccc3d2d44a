"""One session of the agent: the handshake, the command, its output, and whatever faults were asked for."""

import asyncio
import base64
import json
import os
import shlex
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.exec_agent.faults import Faults
from tests.exec_agent.shell import Shell
from tests.exec_agent.utf8 import Utf8
from tests.exec_agent.wire import Message, decode, encode

OUTPUT, SIZE = 1, 3
HANDSHAKE_REQUEST, HANDSHAKE_RESPONSE, HANDSHAKE_COMPLETE, CHALLENGE, CHALLENGE_RESPONSE = 5, 6, 7, 8, 9
RESEND_SECONDS = 0.2
HANDSHAKE_SECONDS = 5
RESUME_SECONDS = 3


@dataclass
class Record:
    """What a test may want to know of a session."""

    token: dict[str, str]
    opening: dict[str, str]
    headers: Mapping[str, str]
    returncode: int | None = None
    """Of the command as it ended by itself or by Ctrl-C; None where the agent had to kill it."""
    repeated: int = 0
    """Frames of the client's that came more than once."""
    acknowledged: set[int] = field(default_factory=set)
    responses: list[dict[str, Any]] = field(default_factory=list)
    resumed: list[dict[str, str]] = field(default_factory=list)
    """How each further connection opened."""


@dataclass(frozen=True)
class Encryption:
    """The cluster's key, and a client that may decrypt with it."""

    key_id: str
    kms: Any


class AgentSession:
    def __init__(
        self,
        connection: ServerConnection,
        record: Record,
        faults: Faults,
        environment: Mapping[str, str],
        encryption: Encryption | None,
    ) -> None:
        self.connection, self.record, self.faults = connection, record, faults
        self.environment, self.encryption = environment, encryption
        self.shell: Shell | None = None
        self.ciphers: tuple[AESGCM, AESGCM] | None = None
        self.unacknowledged: dict[int, tuple[bytes, float]] = {}
        self.drained = asyncio.Event()
        self.held: list[bytes] = []
        self.inputs: asyncio.Queue[Message] = asyncio.Queue()
        self.expected = self.sequence = 0
        self.lost_acknowledgements, self.lost_answers = faults.lost_acknowledgements, faults.lost_answers
        self.lost_inputs = faults.lost_inputs
        self.corrupt, self.outputs_left, self.cuts_left = faults.corrupt, faults.cut_after, faults.cuts
        self.utf8 = Utf8()
        # As the service has the agent pause while the client is away.
        self.active = asyncio.Event()
        self.active.set()

    async def resume(self, connection: ServerConnection, opening: dict[str, str]) -> None:
        """Go on over another connection, for as long as it lasts."""
        if opening["ClientId"] != self.record.opening["ClientId"]:
            raise ValueError("another client resumes the session")
        self.record.resumed.append(opening)
        self.connection = connection
        await connection.send(encode("start_publication", b"{}"))
        self.active.set()
        await connection.wait_closed()

    async def run(self) -> None:
        tasks = [asyncio.create_task(each()) for each in (self.serve, self.receive, self.resend)]
        try:
            await asyncio.wait(tasks[:2], return_when=asyncio.FIRST_COMPLETED)
        finally:
            if self.shell:
                self.shell.kill()
            for task in tasks:
                task.cancel()
            endings = await asyncio.gather(*tasks, return_exceptions=True)
        for ending in endings:
            if isinstance(ending, Exception) and not isinstance(ending, ConnectionClosed):
                raise ending

    async def serve(self) -> None:
        await asyncio.sleep(self.faults.late_seconds)
        if self.encryption and not await self.shake_hands(self.encryption):
            return
        if self.faults.no_shell:
            reason = "Failed to start pty: fork/exec /bin/sh: no such file or directory"
            await self.close(f"Unable to start command: {reason}\n")
            return
        shell = self.shell = Shell(shlex.split(self.record.token["command"]), self.environment)
        writing = asyncio.create_task(self.write_inputs(shell))
        try:
            await self.send_outputs(shell)
            await self.active.wait()
            self.record.returncode = await asyncio.to_thread(shell.wait)
            self.drained.clear()
            if self.unacknowledged:
                await self.drained.wait()
            await self.close("")
        finally:
            writing.cancel()
            shell.kill()
            shell.close()

    async def receive(self) -> None:
        """Receive until the client leaves: by closing, or by not coming back after a cut."""
        while True:
            await self.receive_over(self.connection)
            if self.active.is_set() or not self.faults.resumable:
                return
            try:
                await asyncio.wait_for(self.active.wait(), RESUME_SECONDS)
            except TimeoutError:
                return

    async def receive_over(self, connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await self.take_all(connection)

    async def take_all(self, connection: ServerConnection) -> None:
        async for data in connection:
            message = decode(data if isinstance(data, bytes) else data.encode())
            if message.type == "acknowledge":
                self.take_acknowledgement(message)
            elif message.type == "input_stream_data":
                await self.take_input(message)

    def take_acknowledgement(self, message: Message) -> None:
        content = json.loads(message.payload)
        if (message.sequence, message.flags) != (0, 3) or content["AcknowledgedMessageType"] != "output_stream_data":
            raise ValueError(f"not an acknowledgement that the agent takes: {message}")
        if self.lost_acknowledgements > 0:
            self.lost_acknowledgements -= 1
            return
        sequence = content["AcknowledgedMessageSequenceNumber"]
        self.record.acknowledged.add(sequence)
        self.unacknowledged.pop(sequence, None)
        if not self.unacknowledged:
            self.drained.set()

    async def take_input(self, message: Message) -> None:
        if self.lost_inputs > 0:
            self.lost_inputs -= 1
            return
        if self.lost_answers > 0:
            self.lost_answers -= 1
        else:
            content = {
                "AcknowledgedMessageType": message.type,
                "AcknowledgedMessageId": str(message.id),
                "AcknowledgedMessageSequenceNumber": message.sequence,
                "IsSequentialMessage": True,
            }
            await self.connection.send(encode("acknowledge", json.dumps(content).encode(), flags=3))
        if message.sequence == self.expected:
            self.expected += 1
            self.inputs.put_nowait(message)
        else:
            self.record.repeated += 1

    async def write_inputs(self, shell: Shell) -> None:
        while True:
            message = await self.inputs.get()
            if message.payload_type == OUTPUT:
                payload = message.payload
                shell.write(self.ciphers[1].decrypt(payload[:12], payload[12:], None) if self.ciphers else payload)
            elif message.payload_type == SIZE:
                size = json.loads(message.payload)
                shell.resize(columns=size["cols"], rows=size["rows"])

    async def send_outputs(self, shell: Shell) -> None:
        while output := await asyncio.to_thread(shell.read, self.faults.payload_bytes):
            # An empty frame is not sent: what is held back comes with the next.
            if whole := self.utf8.take(output):
                await self.send_output(whole)
                await self.maybe_cut()
        await self.release()

    async def maybe_cut(self) -> None:
        self.outputs_left -= 1
        if self.outputs_left > 0 or self.cuts_left <= 0:
            return
        self.outputs_left, self.cuts_left = self.faults.cut_after, self.cuts_left - 1
        self.active.clear()
        self.connection.transport.abort()
        await self.active.wait()

    async def send_output(self, output: bytes) -> None:
        if self.ciphers:
            nonce = os.urandom(12)
            output = nonce + self.ciphers[0].encrypt(nonce, output, None)
        self.held.append(self.stream(OUTPUT, output))
        if len(self.held) >= self.faults.reordered:
            await self.release()

    async def release(self) -> None:
        for frame in reversed(self.held):
            await self.transmit(frame)
            if self.faults.every_frame_twice:
                await self.transmit(frame)
        self.held.clear()

    def stream(self, payload_type: int, payload: bytes) -> bytes:
        frame = encode(
            "output_stream_data",
            payload,
            payload_type=payload_type,
            sequence=self.sequence,
            flags=0 if self.sequence else 1,
        )
        self.unacknowledged[self.sequence] = (frame, time.monotonic())
        self.sequence += 1
        return frame

    async def transmit(self, frame: bytes) -> None:
        if self.corrupt > 0:
            self.corrupt -= 1
            frame = frame[:-1] + bytes([frame[-1] ^ 1])
        with suppress(ConnectionClosed):
            await self.connection.send(frame)

    async def resend(self) -> None:
        while True:
            await asyncio.sleep(RESEND_SECONDS / 4)
            await self.active.wait()
            for sequence, (frame, sent) in list(self.unacknowledged.items())[:1]:
                if time.monotonic() - sent > RESEND_SECONDS:
                    self.unacknowledged[sequence] = (frame, time.monotonic())
                    await self.transmit(frame)

    async def close(self, reason: str) -> None:
        content = {"MessageType": "channel_closed", "SchemaVersion": 1, "Output": reason}
        with suppress(ConnectionClosed):
            await self.connection.send(encode("channel_closed", json.dumps(content).encode()))
        await self.connection.close()

    async def shake_hands(self, encryption: Encryption) -> bool:
        actions = [
            {"ActionType": "SessionType", "ActionParameters": {"SessionType": "InteractiveCommands"}},
            {"ActionType": "KMSEncryption", "ActionParameters": {"KMSKeyId": encryption.key_id}},
        ]
        request = {"AgentVersion": "3.3.0.0", "RequestedClientActions": actions}
        response = await self.ask(HANDSHAKE_REQUEST, request, HANDSHAKE_RESPONSE)
        processed = {action["ActionType"]: action for action in response["ProcessedClientActions"]}
        if processed["KMSEncryption"]["ActionStatus"] != 1:
            await self.close(f"Handshake failed: {processed['KMSEncryption']['Error']}")
            return False
        await self.take_key(
            encryption, base64.b64decode(processed["KMSEncryption"]["ActionResult"]["KMSCipherTextKey"])
        )
        await self.challenge()
        complete = {"HandshakeTimeToComplete": 1, "CustomerMessage": "This session is encrypted using AWS KMS."}
        await self.transmit(self.stream(HANDSHAKE_COMPLETE, json.dumps(complete).encode()))
        return True

    async def take_key(self, encryption: Encryption, ciphertext: bytes) -> None:
        context = {
            "aws:ssm:SessionId": self.record.token["sessionId"],
            "aws:ssm:TargetId": self.record.token["targetId"],
        }
        decrypted = await asyncio.to_thread(
            encryption.kms.decrypt, CiphertextBlob=ciphertext, EncryptionContext=context
        )
        key = decrypted["Plaintext"]
        self.ciphers = AESGCM(key[:32]), AESGCM(key[32:64])

    async def challenge(self) -> None:
        assert self.ciphers
        secret, nonce = os.urandom(64), os.urandom(12)
        cipher = self.ciphers[1 if self.faults.wrong_challenge else 0]
        challenge = {"Challenge": base64.b64encode(nonce + cipher.encrypt(nonce, secret, None)).decode()}
        answer = base64.b64decode((await self.ask(CHALLENGE, challenge, CHALLENGE_RESPONSE))["Challenge"])
        if self.ciphers[1].decrypt(answer[:12], answer[12:], None) != secret:
            raise ValueError("the client has another key")

    async def ask(self, payload_type: int, content: dict[str, Any], answer_type: int) -> dict[str, Any]:
        await self.transmit(self.stream(payload_type, json.dumps(content).encode()))
        message = await asyncio.wait_for(self.inputs.get(), HANDSHAKE_SECONDS)
        if message.payload_type != answer_type:
            raise ValueError(f"not the answer to {content}: {message}")
        answer: dict[str, Any] = json.loads(message.payload)
        self.record.responses.append(answer)
        return answer
