"""What arrives is given out once and in order; what is sent is sent again until it is acknowledged."""

from hypothesis import given
from hypothesis import strategies as st

from operations.ecs_exec.data_channel.frames import Frame, FrameType
from operations.ecs_exec.data_channel.stream import Inbound, Outbound


def frame(sequence: int) -> Frame:
    return Frame(FrameType.OUTPUT, b"", sequence=sequence)


@given(st.permutations(range(8)), st.lists(st.integers(0, 7)))
def test_frames_come_out_once_and_in_order(order: list[int], again: list[int]) -> None:
    inbound, out = Inbound(), []
    for sequence in [*order, *again]:
        assert inbound.accept(frame(sequence))
        out += [each.sequence for each in inbound.ready()]
    assert out == list(range(8))
    assert inbound == Inbound(8), "it keeps what it needs no more"


def test_a_frame_too_far_ahead_is_not_acknowledged() -> None:
    assert [Inbound().accept(frame(sequence)) for sequence in (9_999, 10_000)] == [True, False]


def test_sent_frames_are_numbered_from_0() -> None:
    outbound = Outbound()
    assert [outbound.frame(1, b"", 0).sequence for _ in range(3)] == [0, 1, 2]


def test_the_oldest_unacknowledged_frame_is_sent_again_in_time() -> None:
    outbound = Outbound()
    first, _ = outbound.frame(1, b"a", 0), outbound.frame(1, b"b", 0)
    assert [outbound.due(now) for now in (0.4, 0.5, 0.9, 1.0)] == [None, first, None, first]


def test_an_acknowledged_frame_is_not_sent_again() -> None:
    outbound = Outbound()
    outbound.frame(1, b"a", 0)
    for sequence in (0, 0, 7, None):
        outbound.acknowledged(sequence)
    assert outbound.due(10) is None
