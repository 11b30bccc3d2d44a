"""The agent's own reading and writing of frames: nothing is shared with the client, so that both can't be wrong alike.

It is strict: a client's frame that the real agent would not take is an error here.
"""

import hashlib
import time
import uuid
from dataclasses import dataclass

HEADER_LENGTH = 116
FIELDS = {
    "header_length": 4,
    "type": 32,
    "schema": 4,
    "created": 8,
    "sequence": 8,
    "flags": 8,
    "id_low": 8,
    "id_high": 8,
    "digest": 32,
    "payload_type": 4,
    "payload_length": 4,
}


@dataclass(frozen=True)
class Message:
    type: str
    sequence: int
    flags: int
    id: uuid.UUID
    payload_type: int
    payload: bytes


def encode(type_: str, payload: bytes, *, payload_type: int = 0, sequence: int = 0, flags: int = 0) -> bytes:
    number = uuid.uuid4().int
    values = {
        "header_length": HEADER_LENGTH,
        "schema": 1,
        "created": int(time.time() * 1000),
        "sequence": sequence,
        "flags": flags,
        "id_low": number % 2**64,
        "id_high": number // 2**64,
        "payload_type": payload_type,
        "payload_length": len(payload),
    }
    texts = {"type": type_.encode() + b" " * (32 - len(type_)), "digest": hashlib.sha256(payload).digest()}
    parts = [texts[name] if name in texts else values[name].to_bytes(size, "big") for name, size in FIELDS.items()]
    return b"".join(parts) + payload


def decode(data: bytes) -> Message:
    """Raises ValueError for a frame that is not exactly right."""
    fields, offset = {}, 0
    for name, size in FIELDS.items():
        fields[name] = data[offset : offset + size]
        offset += size
    payload = data[offset:]
    numbers = {name: int.from_bytes(value, "big") for name, value in fields.items()}
    expected = {"header_length": HEADER_LENGTH, "schema": 1, "payload_length": len(payload)}
    wrong = {name: numbers[name] for name, value in expected.items() if numbers[name] != value}
    if wrong or not numbers["created"] or fields["digest"] != hashlib.sha256(payload).digest():
        raise ValueError(f"not a frame that the agent takes: {wrong or fields}")
    return Message(
        type=fields["type"].decode().rstrip(" "),
        sequence=numbers["sequence"],
        flags=numbers["flags"],
        id=uuid.UUID(int=numbers["id_high"] * 2**64 + numbers["id_low"]),
        payload_type=numbers["payload_type"],
        payload=payload,
    )
