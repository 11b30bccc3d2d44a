"""A command as a session takes it, and what comes back: its output and its real exit status.

A session has neither a shell nor an exit status: the command goes through the image's ``/bin/sh``, between two lines
with a random mark, the second of which carries the status.
"""

import re
import secrets
import shlex

# Given the mark and the command. The command gets no terminal: it would else wait for input, colour or page. The mark
# of the end takes the same way as the output, so that it cannot overtake it.
_SCRIPT = 'printf "%s:start\\n" "$1"; { /bin/sh -c "$2" </dev/null 2>&1; printf "%s:end:%s;\\n" "$1" "$?"; } | cat'

_KEPT_BYTES = 16 * 2**20
_LONGEST_MARK = 64


def wrap(command: str) -> "tuple[str, Transcript]":
    """Return the text to start a session with, and the transcript that understands its output."""
    mark = secrets.token_hex(16)
    return shlex.join(["/bin/sh", "-c", _SCRIPT, "sh", mark, command]), Transcript(mark)


class Transcript:
    """The output of a wrapped command, fed as it comes.

    The first 16 MiB are kept; the end is found however long the output is.
    """

    def __init__(self, mark: str) -> None:
        """Await this mark."""
        self._start = f"{mark}:start".encode()
        self._end = re.compile(rf"{mark}:end:(\d+);".encode())
        self._kept = bytearray()
        self._left_out = 0
        self._tail = b""
        self.exit_status: int | None = None
        """None until the end has been seen."""

    @property
    def ended(self) -> bool:
        """Whether the command has ended and all its output is here."""
        return self.exit_status is not None

    @property
    def started(self) -> bool:
        """Whether the image's shell has begun."""
        return self._start in self._kept

    def feed(self, data: bytes) -> None:
        """Take the next piece of the session's output, in order; it may end within a mark or a character."""
        if self.ended:
            return
        window = self._tail + data
        if found := self._end.search(window):
            self.exit_status = int(found[1])
        self._tail = window[-_LONGEST_MARK:]
        kept = data[: _KEPT_BYTES - len(self._kept)]
        self._kept += kept
        self._left_out += len(data) - len(kept)

    @property
    def output(self) -> str:
        """What the command printed, as it printed it; what the shell said where the command never started."""
        _, started, after = bytes(self._kept).partition(self._start)
        body = self._end.split(after, maxsplit=1)[0] if started else bytes(self._kept)
        # A terminal ends each line with CR LF; the first is that of the mark's own line.
        text = body.decode(errors="replace").replace("\r\n", "\n")
        note = f"\n[{self._left_out} more bytes were left out]\n" if self._left_out else ""
        return (text.removeprefix("\n") if started else text) + note
