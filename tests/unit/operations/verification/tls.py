"""A web site on loopback under the domain's real name: its certificate, its pages, and a proxy that leads to it."""

import functools
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_LONGEST_HEAD = 65536


class Certificate(NamedTuple):
    """A certificate and its key, in PEM."""

    certificate: bytes
    key: bytes


@functools.cache
def certificate(*domains: str, days: int = 90) -> Certificate:
    """Make a certificate that signs itself, for these domains."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domains[0])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in domains]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    return Certificate(
        made.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain),
    )


@contextmanager
def site(folder: Path, made: Certificate, statuses: dict[str, int]) -> Iterator[int]:
    """Serve over TLS, with a status by path; yield the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = statuses.get(self.path, 200)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", self.path)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    (folder / "site.pem").write_bytes(made.certificate + made.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "site.pem")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # a client that trusts it not hangs up
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server.server_port
        server.shutdown()


@contextmanager
def proxy(port: int) -> Iterator[int]:
    """Lead every name to a port of loopback, as a proxy of HTTPS does; yield its port."""

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline(_LONGEST_HEAD).strip():
                pass
            with socket.create_connection(("127.0.0.1", port)) as upstream:
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = Thread(target=_copy, args=[upstream, self.connection], daemon=True)
                back.start()
                _copy(self.connection, upstream)
                back.join(1)

    ThreadingTCPServer.allow_reuse_address = True
    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(_LONGEST_HEAD):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
