"""Which server is ours: what it wrote down about itself, and what it answers when asked."""

import contextlib
import http.client
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from local_cloud.private import make_folder, open_private

IDENTITY_PATH = "/_local_cloud/identity"
"""No AWS service has it: an S3 bucket's name cannot hold an underscore."""

_FILE = "server.json"
# The server answers one request after the other, and on a busy machine some take seconds.
_ANSWER_SECONDS = 15


@dataclass(frozen=True)
class Record:
    """A local AWS that was started from this folder, running or not."""

    pid: int
    port: int
    token: str
    """Drawn anew at every start: a server that answers with it is the one that wrote the record."""
    account_id: str

    @property
    def url(self) -> str:
        """What a client takes as its endpoint."""
        return f"http://127.0.0.1:{self.port}"

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """Read the record of a folder; None where there is none, or none that can be understood."""
        try:
            return cls(**json.loads((folder / _FILE).read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def write(self, folder: Path) -> None:
        """Write the record in one step: a reader sees all of it or nothing."""
        make_folder(folder)
        draft = folder / f"{_FILE}.{self.pid}"
        with open_private(draft) as file:
            json.dump(asdict(self), file)
        draft.rename(folder / _FILE)

    def answers(self) -> bool:
        """Whether the recorded server runs: something on its port answers with its token and process id.

        Raises TimeoutError where something listens there and does not answer: it may be this server, stuck.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_ANSWER_SECONDS)
        try:
            connection.request("GET", IDENTITY_PATH)
            answer = json.loads(connection.getresponse().read())
        except TimeoutError:
            raise
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()
        return isinstance(answer, dict) and (answer.get("pid"), answer.get("token")) == (self.pid, self.token)

    def is_lost(self) -> bool:
        """Whether the server has ended. Asks twice, because a busy machine may drop one connection."""
        try:
            return not (self.answers() or self.answers())
        except TimeoutError:
            return False

    def is_gone(self) -> bool:
        """Whether the process has ended; reaps it where it was a child of this one."""
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG)
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        return False
