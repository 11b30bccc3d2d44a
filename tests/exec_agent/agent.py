"""An agent on loopback: speaks the far side of the data channel and runs commands in a real ``sh``."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from tests.exec_agent.faults import Faults
from tests.exec_agent.session import AgentSession, Encryption, Record
from tests.exec_agent.signature import is_signed

SECRETS = {"test": "test", "FOOBARKEY": "FOOBARSECRET"}
"""By the id of their access key: the credentials of the tests, and those that moto puts in their place."""

# It says much of connections that break off, as some here are to.
_SILENT = logging.getLogger("tests.exec_agent")
_SILENT.setLevel(logging.CRITICAL + 1)


class ExecAgent:
    """Serves sessions while it is entered. ``environments`` holds what a container's variables are, by its name."""

    def __init__(
        self,
        faults: Faults | None = None,
        *,
        environments: Mapping[str, Mapping[str, str]] | None = None,
        encryption: Encryption | None = None,
    ) -> None:
        self.faults = faults or Faults()
        self.environments = environments or {}
        self.encryption = encryption
        self.key = secrets.token_bytes(32)
        self.records: list[Record] = []
        self.errors: list[Exception] = []
        self.url = ""
        self._up = Event()
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._thread = Thread(target=self._serve, daemon=True)

    def register(self, file: Path) -> None:
        """Tell the local AWS of this agent, in the file where it looks."""
        draft = file.with_suffix(".draft")
        draft.write_text(json.dumps({"url": self.url, "key": self.key.hex()}))
        draft.rename(file)

    def token(self, command: str, container: str = "app") -> str:
        """Make the token of a session, as the local AWS does for a registered agent."""
        session = {"sessionId": "session", "targetId": "target", "container": container, "command": command}
        content = base64.urlsafe_b64encode(json.dumps(session).encode())
        return f"{content.decode()}.{hmac.new(self.key, content, hashlib.sha256).hexdigest()}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._up.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    async def _listen(self) -> None:
        async with serve(
            self._session, "127.0.0.1", 0, process_request=self._refuse, logger=_SILENT, close_timeout=1
        ) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            self.url = f"ws://127.0.0.1:{port}"
            self._up.set()
            await self._stopping.wait()

    def _refuse(self, connection: ServerConnection, request: Request) -> Response | None:
        status = self.faults.http_status
        if not is_signed(request.path, dict(request.headers.raw_items()), SECRETS):
            status = HTTPStatus.FORBIDDEN
        return None if status == HTTPStatus.SWITCHING_PROTOCOLS else connection.respond(HTTPStatus(status), "")

    async def _session(self, connection: ServerConnection) -> None:
        opening = json.loads(await connection.recv(decode=True))
        try:
            token = self._opened(opening)
        except ValueError as error:
            await connection.close(1008, str(error))
            return
        headers = dict(connection.request.headers.raw_items()) if connection.request else {}
        record = Record(token, opening, headers)
        self.records.append(record)
        session = AgentSession(
            connection, record, self.faults, self.environments.get(token["container"], {}), self.encryption
        )
        try:
            await session.run()
        except Exception as error:  # noqa: BLE001 - for the test to see
            self.errors.append(error)

    def _opened(self, opening: dict[str, str]) -> dict[str, str]:
        if opening["MessageSchemaVersion"] != "1.0":
            raise ValueError("an unknown schema")
        content, _, seal = opening["TokenValue"].partition(".")
        if not hmac.compare_digest(seal, hmac.new(self.key, content.encode(), hashlib.sha256).hexdigest()):
            raise ValueError("an invalid token")
        token: dict[str, str] = json.loads(base64.urlsafe_b64decode(content))
        return token
