"""The user's own terminal: raw while a session lasts, and as it was afterwards."""

import os
import select
import signal
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

_READ_BYTES = 1024
_RESIZED, _LEFT = b"r", b"q"
# What ends this process must not leave the terminal raw.
_ENDING = (signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Terminal:
    """A terminal by the file descriptors that read from it and write to it."""

    input: int
    output: int

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        size = os.get_terminal_size(self.output)
        return size.columns, size.lines

    def write(self, data: bytes) -> None:
        """Write all of it."""
        while data:
            data = data[os.write(self.output, data) :]

    @contextmanager
    def raw(self) -> Iterator["Keyboard"]:
        """Pass on every key as it is, Ctrl-C too, until the end; restore the terminal however that comes."""
        saved = termios.tcgetattr(self.input)
        with _watched() as (changes, change):
            try:
                tty.setraw(self.input)
                yield Keyboard(self, changes, change)
            finally:
                termios.tcsetattr(self.input, termios.TCSADRAIN, saved)


@dataclass(frozen=True)
class Keyboard:
    """What a raw terminal says: keys, and that its size has changed."""

    terminal: Terminal
    changes: int
    change: Callable[[bytes], None]

    def leave(self) -> None:
        """Make ``follow`` return."""
        self.change(_LEFT)

    def follow(self, typed: Callable[[bytes], None], resized: Callable[[int, int], None]) -> None:
        """Report keys and sizes, beginning with the present size, until ``leave`` or the terminal's end."""
        resized(*self.terminal.size)
        while True:
            ready = select.select([self.terminal.input, self.changes], (), ())[0]
            if self.changes in ready:
                if _LEFT in os.read(self.changes, _READ_BYTES):
                    return
                resized(*self.terminal.size)
            if self.terminal.input in ready:
                keys = self._read()
                if not keys:
                    return
                typed(keys)

    def _read(self) -> bytes:
        try:
            return os.read(self.terminal.input, _READ_BYTES)
        except OSError:  # the terminal has hung up
            return b""


@contextmanager
def _watched() -> Iterator[tuple[int, Callable[[bytes], None]]]:
    """Turn changes of size into bytes to read, and signals that end the process into an exception."""
    reading, writing = os.pipe()
    before = {number: signal.getsignal(number) for number in (signal.SIGWINCH, *_ENDING)}
    signal.signal(signal.SIGWINCH, lambda *_: _write(writing, _RESIZED))
    for number in _ENDING:
        signal.signal(number, _exit)
    try:
        yield reading, lambda change: _write(writing, change)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)


def _write(file: int, change: bytes) -> None:
    os.write(file, change)


def _exit(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)
