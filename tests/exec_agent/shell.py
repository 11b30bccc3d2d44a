"""A process on a pseudo terminal of its own, as the agent starts it in a container."""

import fcntl
import os
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from contextlib import suppress

# The child makes the terminal its controlling one, so that Ctrl-C reaches what runs in it, even if these tests run in
# the background, where a shell has their processes ignore it.
_LOGIN = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.login_tty(0); "
    "os.execv(sys.argv[1], sys.argv[1:])"
)


class Shell:
    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.terminal, inside = os.openpty()
        self._process = subprocess.Popen(  # noqa: S603 - the command under test
            [sys.executable, "-ISc", _LOGIN, *command],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env={**os.environ, "TERM": "xterm-256color", **environment},
        )
        os.close(inside)
        self._killed = False

    def read(self, most: int) -> bytes:
        """Wait for output; answer nothing once no process has the terminal any more."""
        try:
            return os.read(self.terminal, most)
        except OSError:
            return b""

    def write(self, data: bytes) -> None:
        os.write(self.terminal, data)

    def resize(self, columns: int, rows: int) -> None:
        """Set the window's size; the kernel tells the foreground process."""
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait(self) -> int:
        return self._process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """End all that runs in it, once: its process id may belong to another later."""
        if self._killed:
            return
        self._killed = True
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        os.close(self.terminal)
