"""An interactive shell in a container, on the user's own terminal."""

import json
import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread

from operations.ecs_exec.data_channel import (
    Channel,
    ChannelClosedError,
    ChannelError,
    ConnectError,
    HandshakeError,
    PayloadType,
)
from operations.ecs_exec.run_command import Peer
from operations.ecs_exec.terminal import Keyboard, Terminal

_SHELL = "/bin/sh"
_WITH_REASON = 'printf "reason: %s\\n" "$1"; exec /bin/sh'

_STEP_SECONDS = 3600.0
# The agent waits for a second before it reads what the shell says.
_SILENT_SECONDS = 3.0
_CTRL_C = b"\x03"


def shell(reason: str | None) -> str:
    """Return the text to start a session with; a reason is the first line of the session, and so of its log."""
    return shlex.join([_SHELL, "-c", _WITH_REASON, "sh", reason]) if reason else _SHELL


def attach(peer: Peer, terminal: Terminal, deadline: float) -> str:
    """Join a session to the terminal until the shell ends; return "", or why it did not end normally.

    The session has no time limit; it is connected by the deadline (of ``time.monotonic``, in seconds).
    """
    stop = Event()
    channel = Channel(terminal.write, stop, peer.new_data_key, peer.resume)
    try:
        channel.open(peer.session, deadline)
        with terminal.raw() as keyboard, _typing(_Input(channel, keyboard, stop)):
            _receive(channel, terminal, stop)
    except ChannelClosedError as error:
        return str(error)
    except (ChannelError, ConnectError, HandshakeError) as error:
        return f"{error}{channel.damage}"
    except OSError as error:
        return f"the terminal failed: {error}"
    finally:
        channel.close()
    return "it was left before the shell's end"


def _receive(channel: Channel, terminal: Terminal, stop: Event) -> None:
    try:
        while not stop.is_set():
            channel.step(time.monotonic() + _STEP_SECONDS)
    except ChannelClosedError:
        raise
    except BaseException:
        # The shell stopped in the middle of a line. That the terminal is gone must not hide the reason.
        with suppress(OSError):
            terminal.write(b"\r\n")
        raise


@dataclass(frozen=True)
class _Input:
    """What goes from the terminal to the shell."""

    channel: Channel
    keyboard: Keyboard
    stop: Event

    def follow(self) -> None:
        """Pass on keys and sizes once the far end takes them; a terminal that has ended ends the session."""
        self.channel.ready.wait(_SILENT_SECONDS)
        self.keyboard.follow(self._typed, self._resized)
        self.stop.set()

    def _typed(self, keys: bytes) -> None:
        if _CTRL_C in keys and not self.channel.connected:
            # There is nothing else to interrupt: it is meant for this program.
            self.stop.set()
        self.channel.say(PayloadType.OUTPUT, keys)

    def _resized(self, columns: int, rows: int) -> None:
        self.channel.say(PayloadType.SIZE, json.dumps({"cols": columns, "rows": rows}).encode())


@contextmanager
def _typing(input_: _Input) -> Iterator[None]:
    """Read the keyboard beside the channel."""
    thread = Thread(target=input_.follow)
    thread.start()
    try:
        yield
    finally:
        input_.channel.ready.set()
        input_.keyboard.leave()
        thread.join()
