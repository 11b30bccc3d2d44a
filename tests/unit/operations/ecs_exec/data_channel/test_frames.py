"""Frames are the bytes of the published format; the vectors here were worked out by hand from it.

https://github.com/aws/session-manager-plugin/blob/mainline/src/message/clientmessage.go
"""

import uuid

import pytest

from operations.ecs_exec.data_channel.frames import (
    Frame,
    FrameError,
    FrameType,
    PayloadType,
    acknowledgement,
    pack,
    unpack,
)
from tests.exec_agent import wire

ID = uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")
CREATED_MS = 1_600_000_000_000

INPUT = bytes.fromhex(
    "00000074"  # header length: 116, everything before the payload length
    "696e7075745f73747265616d5f64617461"  # input_stream_data
    "202020202020202020202020202020"  # 15 spaces, up to 32 bytes
    "00000001"  # schema version 1
    "00000174876e8000"  # created: 1 600 000 000 000 ms
    "0000000000000102"  # sequence number 258
    "0000000000000000"  # no flags
    "8899aabbccddeeff"  # the id's lower half comes first
    "0011223344556677"  # then its upper half
    "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"  # SHA-256 of "a"
    "00000001"  # payload type: output
    "00000001"  # payload length
    "61"  # a
)

OUTPUT = bytes.fromhex(
    "00000074"
    "6f75747075745f73747265616d5f64617461"  # output_stream_data
    "0000000000000000000000000000"  # 14 NULs, as some senders pad
    "00000001"
    "00000174876e8000"
    "ffffffffffffffff"  # sequence number -1: it is signed
    "0000000000000003"  # SYN and FIN
    "8899aabbccddeeff"
    "0011223344556677"
    "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    "0000000b"  # payload type: stderr
    "00000001"
    "61"
)

PAUSE = bytes.fromhex(
    "00000074"
    "70617573655f7075626c69636174696f6e"  # pause_publication
    "202020202020202020202020202020"
    "00000001"
    "0000000000000000"  # not even a time
    "0000000000000000"
    "0000000000000000"
    "8899aabbccddeeff"
    "0011223344556677"
    "0000000000000000000000000000000000000000000000000000000000000000"  # no digest
    "00000000"
    "00000001"
    "61"
)


def test_a_frame_is_packed_as_published() -> None:
    assert pack(Frame(FrameType.INPUT, b"a", PayloadType.OUTPUT, 258, 0, ID, CREATED_MS)) == INPUT


def test_a_frame_is_read_as_published() -> None:
    assert unpack(INPUT) == Frame(FrameType.INPUT, b"a", PayloadType.OUTPUT, 258, 0, ID, CREATED_MS)


def test_a_padded_type_and_a_negative_sequence_are_read() -> None:
    assert unpack(OUTPUT) == Frame(FrameType.OUTPUT, b"a", PayloadType.STDERR, -1, 3, ID, CREATED_MS)


def test_a_pause_is_taken_without_a_digest() -> None:
    assert unpack(PAUSE).type == FrameType.PAUSE_PUBLICATION


def test_the_fake_agent_writes_and_reads_the_same_format() -> None:
    message = wire.decode(INPUT)
    assert (message.type, message.sequence, message.id) == ("input_stream_data", 258, ID)
    assert (message.payload_type, message.payload) == (1, b"a")
    written = wire.encode("input_stream_data", b"a", payload_type=1, sequence=258)
    assert written[:40] + written[48:64] + written[80:] == INPUT[:40] + INPUT[48:64] + INPUT[80:]


def test_a_longer_header_is_read_by_its_length() -> None:
    longer = (120).to_bytes(4, "big") + INPUT[4:-1] + b"more" + INPUT[-1:]
    assert unpack(longer).payload == b"a"


@pytest.mark.parametrize("damaged", [INPUT[:-1] + b"b", INPUT + b"b"], ids=["another payload", "a longer payload"])
def test_a_wrong_digest_is_an_error(damaged: bytes) -> None:
    with pytest.raises(FrameError, match="frame 258"):
        unpack(damaged)


@pytest.mark.parametrize("length", [0, 4, 119])
def test_too_few_bytes_are_an_error(length: int) -> None:
    with pytest.raises(FrameError, match=f"{length} bytes"):
        unpack(INPUT[:length])


def test_an_acknowledgement_names_the_frame_it_is_for() -> None:
    acknowledged = acknowledgement(unpack(INPUT))
    assert (acknowledged.type, acknowledged.sequence, acknowledged.flags) == ("acknowledge", 0, 3)
    assert acknowledged.payload == (
        b'{"AcknowledgedMessageType": "input_stream_data",'
        b' "AcknowledgedMessageId": "00112233-4455-6677-8899-aabbccddeeff",'
        b' "AcknowledgedMessageSequenceNumber": 258, "IsSequentialMessage": true}'
    )
