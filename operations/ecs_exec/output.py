"""Where the output of commands goes: kept as text, or shown as it comes, one task after the other."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from threading import Lock
from types import TracebackType
from typing import IO, BinaryIO

from operations.ecs_exec.data_channel import Sink
from operations.ecs_exec.targets import Target

OpenOutput = Callable[[Target], AbstractContextManager[Sink]]
"""Opens the place for the output of one task's command; leaving it says that no more comes."""

_KEPT_BYTES = 16 * 2**20
_SPOOLED_BYTES = 2**20
_COPIED_BYTES = 2**16


class KeptOutput:
    """Keeps the first 16 MiB of an output."""

    def __init__(self) -> None:
        """Start empty."""
        self._kept = bytearray()
        self._left_out = 0

    @property
    def text(self) -> str:
        """The output as text, with a note if its end was left out."""
        note = f"\n[{self._left_out} more bytes were left out]\n" if self._left_out else ""
        return self._kept.decode(errors="replace") + note

    def __enter__(self) -> Sink:
        """Return the sink."""
        return self._take

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep what came."""

    def _take(self, data: bytes) -> None:
        kept = data[: _KEPT_BYTES - len(self._kept)]
        self._kept += kept
        self._left_out += len(data) - len(kept)


@dataclass(eq=False)
class _Turn:
    target: Target
    # Closed once it has been shown.
    waiting: IO[bytes] = field(default_factory=lambda: SpooledTemporaryFile(_SPOOLED_BYTES))  # noqa: SIM115 - see above
    ended: bool = False


class ShownOutput:
    """Shows outputs one after the other: that of the task whose turn it is as it comes, those behind it afterwards.

    What has to wait does so in a temporary file, however much it is.
    """

    def __init__(self, shown: BinaryIO, announce: Callable[[Target], None]) -> None:
        """Write to ``shown``; announce each task before its output."""
        self._shown, self._announce = shown, announce
        self._turns: deque[_Turn] = deque()
        self._lock = Lock()

    @contextmanager
    def open(self, target: Target) -> Iterator[Sink]:
        """Give out the sink of one task's output."""
        turn = _Turn(target)
        with self._lock:
            self._turns.append(turn)
            if self._turns[0] is turn:
                self._begin(turn)
        try:
            yield lambda data: self._take(turn, data)
        finally:
            with self._lock:
                turn.ended = True
                self._advance()

    def _take(self, turn: _Turn, data: bytes) -> None:
        with self._lock:
            if self._turns[0] is turn:
                self._show(data)
            else:
                turn.waiting.write(data)

    def _advance(self) -> None:
        """Give the turn to the next that has not ended; those that end while they wait are shown on the way."""
        while self._turns and self._turns[0].ended:
            self._turns.popleft()
            if self._turns:
                self._begin(self._turns[0])

    def _begin(self, turn: _Turn) -> None:
        self._announce(turn.target)
        with turn.waiting as waited:
            waited.seek(0)
            while data := waited.read(_COPIED_BYTES):
                self._show(data)

    def _show(self, data: bytes) -> None:
        self._shown.write(data)
        self._shown.flush()
