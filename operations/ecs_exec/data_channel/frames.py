"""The binary frames of the data channel: packing, unpacking and checking.

https://github.com/aws/session-manager-plugin/blob/mainline/src/message/clientmessage.go
"""

import hashlib
import json
import struct
import time
import uuid
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

# Header length, type, schema version, created (ms), sequence number, flags, id, digest, payload type, payload length.
_HEADER = struct.Struct(">I32sIQqQ16s32sII")
# The header's own length does not count the payload length that follows it.
_PAYLOAD_LENGTH_BYTES = 4
_SCHEMA_VERSION = 1
_SYN_AND_FIN = 3


class FrameType(StrEnum):
    """What a frame is for."""

    INPUT = "input_stream_data"
    OUTPUT = "output_stream_data"
    ACKNOWLEDGE = "acknowledge"
    CHANNEL_CLOSED = "channel_closed"
    START_PUBLICATION = "start_publication"
    PAUSE_PUBLICATION = "pause_publication"


class PayloadType(IntEnum):
    """What the payload of a stream's frame is."""

    NONE = 0
    OUTPUT = 1
    SIZE = 3
    HANDSHAKE_REQUEST = 5
    HANDSHAKE_RESPONSE = 6
    HANDSHAKE_COMPLETE = 7
    ENCRYPTION_CHALLENGE = 8
    ENCRYPTION_CHALLENGE_RESPONSE = 9
    STDERR = 11


class FrameError(ValueError):
    """Bytes that are no frame, or whose payload is not what its digest says."""


@dataclass(frozen=True)
class Frame:
    """One message. ``sequence`` counts the frames of one direction from 0; ``created_ms`` is since 1970."""

    type: str
    payload: bytes
    payload_type: int = PayloadType.NONE
    sequence: int = 0
    flags: int = 0
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    created_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)


def pack(frame: Frame) -> bytes:
    """Return the bytes of a frame."""
    header = _HEADER.pack(
        _HEADER.size - _PAYLOAD_LENGTH_BYTES,
        frame.type.encode().ljust(32),
        _SCHEMA_VERSION,
        frame.created_ms,
        frame.sequence,
        frame.flags,
        _swap_halves(frame.id.bytes),
        hashlib.sha256(frame.payload).digest(),
        frame.payload_type,
        len(frame.payload),
    )
    return header + frame.payload


def unpack(data: bytes) -> Frame:
    """Return the frame of these bytes.

    Raises FrameError if they are none. Start and pause of publication carry no digest to be checked.
    """
    if len(data) < _HEADER.size:
        raise FrameError(f"{len(data)} bytes are no frame")
    header_length, type_, _, created, sequence, flags, id_, digest, payload_type, _ = _HEADER.unpack_from(data)
    payload = data[header_length + _PAYLOAD_LENGTH_BYTES :]
    name = type_.strip(b" \0").decode(errors="replace")
    checked = name not in (FrameType.START_PUBLICATION, FrameType.PAUSE_PUBLICATION)
    if checked and payload and hashlib.sha256(payload).digest() != digest:
        raise FrameError(f"frame {sequence} ({name}) has another payload than its digest says")
    return Frame(name, payload, payload_type, sequence, flags, uuid.UUID(bytes=_swap_halves(id_)), created)


def acknowledgement(frame: Frame) -> Frame:
    """Return the frame that tells its sender that a frame has arrived."""
    content = {
        "AcknowledgedMessageType": frame.type,
        "AcknowledgedMessageId": str(frame.id),
        "AcknowledgedMessageSequenceNumber": frame.sequence,
        "IsSequentialMessage": True,
    }
    return Frame(FrameType.ACKNOWLEDGE, json.dumps(content).encode(), flags=_SYN_AND_FIN)


def _swap_halves(id_: bytes) -> bytes:
    """Turn an id as UUIDs are written into one as frames carry it, or back: the lower eight bytes come first."""
    return id_[8:] + id_[:8]
