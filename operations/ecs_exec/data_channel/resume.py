"""When and how often a broken connection is tried again."""

import time
from collections.abc import Callable, Iterator
from threading import Event

from operations.ecs_exec.data_channel.connection import Session

# Half a minute altogether: the agent itself gives up after five attempts, of five seconds at most.
_DELAYS = (0.0, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0, 5.0)

Resume = Callable[[], Session]
"""Asks for another connection to the same session; raises ResumeError if there will be none, OSError to try again."""


class ResumeError(Exception):
    """The session cannot be resumed; the text says why."""


class Attempts:
    """The attempts left since the last frame arrived."""

    def __init__(self, stop: Event) -> None:
        """Give up at once if ``stop`` is set."""
        self._stop = stop
        self.renew()

    def renew(self) -> None:
        """Allow all attempts again: the connection works."""
        self._delays: Iterator[float] = iter(_DELAYS)

    def wait(self, until: float) -> bool:
        """Wait for the next attempt; return False if there is none before ``until`` (of ``time.monotonic``)."""
        delay = next(self._delays, None)
        return delay is not None and time.monotonic() + delay < until and not self._stop.wait(delay)
