"""Stands between Terraform and the local AWS, and lets every deployment of a new revision fail."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.deploy.conftest import Local


@contextmanager
def failing_deployments(local: Local) -> Iterator[str]:
    """Serve the local AWS under another URL, where ECS goes back to the old revision at once, as after a rollback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = json.loads(body) if self.headers.get("X-Amz-Target", "").endswith(".UpdateService") else {}
            before = _revision(local, request) if "taskDefinition" in request else None
            self._pass_on(body)
            if before:
                local.client("ecs").update_service(
                    cluster=request["cluster"], service=request["service"], taskDefinition=before
                )

        def do_GET(self) -> None:
            self._pass_on(b"")

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

        def _pass_on(self, body: bytes) -> None:
            aws = http.client.HTTPConnection("127.0.0.1", local.server.port)
            aws.request(self.command, self.path, body, dict(self.headers))
            answer = aws.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name not in ("Content-Length", "Transfer-Encoding", "Connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _revision(local: Local, request: dict[str, Any]) -> str:
    (service,) = local.client("ecs").describe_services(cluster=request["cluster"], services=[request["service"]])[
        "services"
    ]
    return str(service["taskDefinition"])
