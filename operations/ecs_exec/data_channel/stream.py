"""The order of both directions: what has arrived, and what has not been acknowledged."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from operations.ecs_exec.data_channel.frames import Frame, FrameType

_WINDOW = 10_000
"""How many frames ahead of the next one are kept; the agent sends about 1 KiB in each."""

_RESEND_SECONDS = 0.5


@dataclass
class Inbound:
    """Frames as they come, given out once each and in order."""

    _next: int = 0
    _waiting: dict[int, Frame] = field(default_factory=dict)

    def accept(self, frame: Frame) -> bool:
        """Take a frame; return whether to acknowledge it.

        A duplicate is acknowledged too: its sender has not got the first acknowledgement. A frame too far ahead is not:
        it will be sent again.
        """
        if frame.sequence >= self._next + _WINDOW:
            return False
        if frame.sequence >= self._next:
            self._waiting[frame.sequence] = frame
        return True

    def ready(self) -> Iterator[Frame]:
        """Give out the frames whose predecessors have all been given out."""
        while frame := self._waiting.pop(self._next, None):
            self._next += 1
            yield frame


@dataclass
class Outbound:
    """Frames that were sent and not acknowledged, the oldest first."""

    _next: int = 0
    _sent: dict[int, tuple[Frame, float]] = field(default_factory=dict)

    def frame(self, payload_type: int, payload: bytes, now: float) -> Frame:
        """Return the next frame of the stream, to be sent now (of a monotonic clock, in seconds)."""
        frame = Frame(FrameType.INPUT, payload, payload_type, self._next)
        self._sent[frame.sequence] = (frame, now)
        self._next += 1
        return frame

    def acknowledged(self, sequence: object) -> None:
        """Forget a frame that has arrived; its acknowledgement may come again, or name none that was sent."""
        if isinstance(sequence, int):
            self._sent.pop(sequence, None)

    def due(self, now: float) -> Frame | None:
        """Return the oldest frame if its acknowledgement is overdue, to be sent once more."""
        for sequence, (frame, sent) in self._sent.items():
            if now - sent < _RESEND_SECONDS:
                return None
            self._sent[sequence] = (frame, now)
            return frame
        return None
