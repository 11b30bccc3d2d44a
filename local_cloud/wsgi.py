"""What stands between a client and moto: who may ask, and who answers."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from local_cloud.record import IDENTITY_PATH, Record

# Any: WSGI's environment and callback. https://peps.python.org/pep-3333/
Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]

HOST = "127.0.0.1"
"""Only the address works for S3: with a name, the SDK asks for ``bucket.name``."""


def guard(application: Application, record: Record) -> Application:
    """Put all of this before moto's application."""
    return _without_browsers(_with_identity(_with_raw_path(application), record))


def _without_browsers(application: Application) -> Application:
    """Refuse what a web page asks through its reader's browser: no credentials protect the local AWS."""

    def answer(environ: Environ, start_response: Any) -> Iterable[bytes]:  # noqa: ANN401 - WSGI's callback
        if reason := _refusal(environ):
            return _respond(start_response, "403 Forbidden", "text/plain", f"The local AWS {reason}.\n".encode())
        return application(environ, start_response)

    return answer


def _refusal(environ: Environ) -> str | None:
    """Say why a request is refused, if it is.

    A page's script sends an Origin; its images and links send none, but a Sec-Fetch-Site; and one whose name was
    rebound to this address (DNS rebinding) sends that name as its Host.
    """
    # Without one it is no browser: they speak HTTP/1.1, which demands it.
    host = environ.get("HTTP_HOST", HOST).partition(":")[0]
    if host not in (HOST, "localhost"):
        return f"answers to {HOST} only, not to the Host {host[:80]!r}"
    if "HTTP_ORIGIN" in environ or environ.get("HTTP_SEC_FETCH_SITE", "none") not in ("none", "same-origin"):
        return "takes no requests of web pages"
    return None


def _with_identity(application: Application, record: Record) -> Application:
    """Answer who this server is, so that it is not taken for another; the rest is moto's."""
    identity = json.dumps({"pid": record.pid, "token": record.token}).encode()

    def answer(environ: Environ, start_response: Any) -> Iterable[bytes]:  # noqa: ANN401 - WSGI's callback
        if environ["PATH_INFO"] != IDENTITY_PATH:
            return application(environ, start_response)
        return _respond(start_response, "200 OK", "application/json", identity)

    return answer


def _with_raw_path(application: Application) -> Application:
    """Say where moto looks for it what the path was before it was decoded: an ARN may hold a slash."""

    def answer(environ: Environ, start_response: Any) -> Iterable[bytes]:  # noqa: ANN401 - WSGI's callback
        return application({**environ, "RAW_URI": environ["REQUEST_URI"]}, start_response)

    return answer


def _respond(start_response: Any, status: str, kind: str, body: bytes) -> Iterable[bytes]:  # noqa: ANN401 - as above
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]
