"""A command as a session takes it, and what comes back: its output and its real exit status.

A session has neither a shell nor an exit status: the command goes through the image's ``/bin/sh``, between two marks,
the second of which carries the status.
"""

import re
import secrets
import shlex
from collections.abc import Callable

# Given the mark, the command and perhaps a reason, which is for the session's log: what comes before the start is no
# output. The command gets no terminal: with one it would wait for input, colour or page. The mark of the end takes the
# same way as the output, so that it cannot overtake it.
_SCRIPT = (
    '[ -z "$3" ] || printf "reason: %s\\n" "$3"; '
    'printf "%s:start\\n" "$1"; { /bin/sh -c "$2" </dev/null 2>&1; printf "%s:end:%s;\\n" "$1" "$?"; } | cat'
)

_KEPT_BEFORE_START = 4096
_STATUS_DIGITS = 3
_ECHO = b"^C"


def wrap(command: str, sink: Callable[[bytes], None], reason: str | None = None) -> "tuple[str, Transcript]":
    """Return the text to start a session with, and the transcript that passes its output to the sink."""
    mark = secrets.token_hex(16)
    given = [mark, command, *([reason] if reason else [])]
    return shlex.join(["/bin/sh", "-c", _SCRIPT, "sh", *given]), Transcript(mark, sink)


class Transcript:
    """The session of a wrapped command, fed as it comes; the command's own output goes to the sink at once.

    The marks are taken out and the terminal's line ends undone: it writes CR LF for every LF, so that taking one CR
    from each CR LF gives back the very bytes that the command printed.
    """

    def __init__(self, mark: str, sink: Callable[[bytes], None]) -> None:
        """Await this mark."""
        self._sink = sink
        self._start = f"{mark}:start\r\n".encode()
        self._before_status = f"{mark}:end:".encode()
        self._end = re.compile(rf"{mark}:end:(\d{{1,{_STATUS_DIGITS}}});".encode())
        self._held = b""
        self.started = False
        """Whether the image's shell has begun."""
        self.exit_status: int | None = None
        """None until the end has been seen."""
        self.ended = False
        """Whether the command has ended and all its output has gone to the sink."""
        self.interrupted = False
        """Set once Ctrl-C is sent: the terminal echoes it as ``^C``, which is taken out."""

    @property
    def preamble(self) -> str:
        """What came instead of the start: what the shell or the agent said if the command never started."""
        return "" if self.started else self._held.decode(errors="replace").replace("\r\n", "\n")

    def feed(self, data: bytes) -> None:
        """Take the next piece of the session's output, in order; it may end within a mark or a character."""
        if self.ended:
            return
        if self.interrupted and _ECHO in data:
            data, self.interrupted = data.replace(_ECHO, b"", 1), False
        self._held += data
        if not self.started:
            self._await_start()
        if self.started:
            self._await_end()

    def finish(self) -> None:
        """Pass on what was held back as the possible beginning of a mark: nothing comes any more."""
        if self.started and not self.ended:
            self._pass(len(self._held))

    def _await_start(self) -> None:
        _, found, after = self._held.partition(self._start)
        self.started = bool(found)
        self._held = after if found else self._held[-_KEPT_BEFORE_START:]

    def _await_end(self) -> None:
        if found := self._end.search(self._held):
            self._pass(found.start())
            self.exit_status, self.ended, self._held = int(found[1]), True, b""
        else:
            self._pass(len(self._held) - self._undecided())

    def _undecided(self) -> int:
        """Return how many of the last bytes may be the beginning of the end's mark or of a line's end."""
        tail = self._held[-len(self._before_status) - _STATUS_DIGITS :]
        return next((len(tail) - at for at in range(len(tail)) if self._may_go_on(tail[at:])), 0)

    def _may_go_on(self, tail: bytes) -> bool:
        status = tail.removeprefix(self._before_status)
        return tail == b"\r" or self._before_status.startswith(tail) or (status != tail and status.isdigit())

    def _pass(self, length: int) -> None:
        passed, self._held = self._held[:length], self._held[length:]
        if passed:
            self._sink(passed.replace(b"\r\n", b"\n"))
