"""Stands between Terraform and the local AWS, and may answer in its place, as AWS does on a bad day."""

import contextlib
import functools
import http.client
import json
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.deploy.platforms import Local, Terraform
from tests.deploy.warm_provider import attached, warm_provider

# Only these belong to one connection; everything else is handed through.
_HOP_BY_HOP = {"Content-Length", "Transfer-Encoding", "Connection"}


@dataclass(frozen=True)
class Request:
    """What Terraform's provider asks of AWS."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @functools.cached_property
    def service(self) -> str:
        """The service that the request is signed for: ``iam``, ``ecs``, ``s3``."""
        return self.headers["Authorization"].split("Credential=")[1].split("/")[3]

    @functools.cached_property
    def action(self) -> str:
        """The name of the call; empty where the service has no names on the wire (S3, EFS, CloudFront)."""
        return self.headers.get("X-Amz-Target", "").rpartition(".")[2] or self.parameters.get("Action", "")

    @functools.cached_property
    def parameters(self) -> dict[str, Any]:
        """What the call is given, of JSON or of a form; none of a REST service."""
        if "X-Amz-Target" in self.headers:
            parameters: dict[str, Any] = json.loads(self.body or "{}")
            return parameters
        if self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            return dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True))
        return {}


@dataclass(frozen=True)
class Answer:
    """What Terraform's provider gets."""

    status: int
    headers: dict[str, str]
    body: bytes


# Answers a request itself, or with what the local AWS says when it is passed on. A ConnectionError cuts the connection.
Rule = Callable[[Request, Callable[[], Answer]], Answer]

# Takes a rule, and returns a Terraform whose AWS follows it until the next.
OnADay = Callable[[Rule], Terraform]


@contextmanager
def faulty_aws(local: Local, rule: Rule) -> Iterator[Terraform]:
    """Give a Terraform whose AWS follows the rule."""

    class Handler(BaseHTTPRequestHandler):
        # Keeps the connection for the client's next request.
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            try:
                request = self._read()
                self._write(rule(request, functools.partial(_pass_on, local.server.port, request)))
            except ConnectionError:
                # Cut by the rule, or whoever asked has gone: killed, for one.
                self.close_connection = True

        def _read(self) -> Request:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            return Request(self.command, self.path, dict(self.headers), body)

        def _write(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - the base class's names

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield local.terraform.at(f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()


@contextmanager
def bad_days(local: Local) -> Iterator[OnADay]:
    """Begin days of which each has its rule; they share a provider."""
    rules: list[Rule] = []

    def follow(request: Request, pass_on: Callable[[], Answer]) -> Answer:
        return rules[-1](request, pass_on)

    with (
        faulty_aws(local, follow) as terraform,
        warm_provider(terraform.folder, attached(terraform.variables)) as variables,
    ):

        def on_a_day(rule: Rule) -> Terraform:
            rules.append(rule)
            return replace(terraform, variables=variables)

        yield on_a_day


def _pass_on(port: int, request: Request) -> Answer:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as aws:
        aws.request(request.method, request.path, request.body, request.headers)
        answer = aws.getresponse()
        headers = {name: value for name, value in answer.getheaders() if name not in _HOP_BY_HOP}
        return Answer(answer.status, headers, answer.read())
