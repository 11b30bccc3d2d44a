"""Stands between Terraform and a provider that runs on: ``python -m tests.deploy.provider_relay PROGRAM``.

The AWS provider describes 2,100 types, in five megabytes that Terraform reads in each command; for a small command that
is all its work. From here Terraform gets the description of the types that this project has. Whatever else it asks, the
provider answers.

It ends, and the provider with it, when its input ends.
https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc

if TYPE_CHECKING:
    # Generic in their types alone.
    Call = grpc.UnaryUnaryMultiCallable[bytes, bytes]
    Handler = grpc.RpcMethodHandler[bytes, bytes]

ATTACHED = "TF_REATTACH_PROVIDERS"

_PROJECT = Path(__file__).parents[2]
_SERVICE = "/tfplugin5.Provider/"
_SCHEMA = f"{_SERVICE}GetSchema"
# Resources, data sources and ephemeral resources, as tfplugin5.proto numbers them in the answer.
_TYPES = (2, 3, 8)
_ANY_LENGTH = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))
# As many calls at once as the tests let Terraform make.
_CALLS = 64


class Relay(grpc.GenericRpcHandler):
    """Answers what the types are, and passes on what else a provider is asked."""

    def __init__(self, provider: grpc.Channel) -> None:
        self._provider = provider
        self._schema = shortened(self._call(_SCHEMA)(b""), _types_here())

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "Handler | None":
        """Return what answers a call; Terraform goes on without the parts of its plugins that are no provider."""
        method = handler_call_details.method
        if method == _SCHEMA:
            return grpc.unary_unary_rpc_method_handler(lambda *_: self._schema)
        if not method.startswith(_SERVICE):
            return None
        call = self._call(method)
        return grpc.unary_unary_rpc_method_handler(lambda request, _: call(request))

    def _call(self, method: str) -> "Call":
        return self._provider.unary_unary(method)


def shortened(schema: bytes, types: set[str]) -> bytes:
    """Return the answer to GetSchema without the types that are not among these."""
    return b"".join(
        field
        for number, content, field in _fields(schema)
        # The first field of each entry is the name of the type.
        if number not in _TYPES or next(_fields(content))[1].decode() in types
    )


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Return the fields of a message of protobuf: number, content, and the field as it stands there.

    https://protobuf.dev/programming-guides/encoding/
    """
    at = 0
    while at < len(message):
        start = at
        key, at = _number(message, at)
        length, begin = _number(message, at)
        # A number has its value where a text has its length.
        at = begin if key & 7 == 0 else begin + length
        yield key >> 3, message[begin:at], message[start:at]


def _number(message: bytes, at: int) -> tuple[int, int]:
    """Read a number, which goes on as long as the highest bit is set, and return where it ends."""
    number = shift = 0
    while True:
        number |= (message[at] & 127) << shift
        at += 1
        if message[at - 1] < 128:
            return number, at
        shift += 7


def _types_here() -> set[str]:
    """Return the types of this library and those of the live HCL."""
    bindings = (_PROJECT / "constructs/bindings.py").read_text(encoding="utf-8")
    modules = re.findall(r"cdktf_cdktf_provider_aws\.(?:data_aws_)?(\w+)", bindings)
    hcl = "".join(path.read_text(encoding="utf-8") for path in _PROJECT.glob("tests/deploy/live_hcl/**/*.tf"))
    return {f"aws_{module}" for module in modules} | set(re.findall(r"\baws_\w+", hcl))


def main(program: str) -> None:
    """Start the provider, announce where Terraform reaches it, and pass calls on until the input ends."""
    with subprocess.Popen([program, "-debug"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:  # noqa: S603 - the provider that Terraform installed
        try:
            ((name, announced),) = _announced(process).items()
            relay = Relay(grpc.insecure_channel(f"unix:{announced['Addr']['String']}", options=_ANY_LENGTH))
            server = grpc.server(ThreadPoolExecutor(_CALLS), handlers=[relay], options=_ANY_LENGTH)
            with tempfile.TemporaryDirectory() as folder:
                socket = f"{folder}/provider"
                server.add_insecure_port(f"unix:{socket}")
                server.start()
                here = announced | {"Pid": os.getpid(), "Addr": {"Network": "unix", "String": socket}}
                print(json.dumps({name: here}), flush=True)  # noqa: T201 - read by who started this
                sys.stdin.read()
                server.stop(grace=None).wait()
        finally:
            process.send_signal(signal.SIGINT)


def _announced(process: "subprocess.Popen[str]") -> dict[str, dict[str, Any]]:
    """Return what the provider says of where it listens."""
    for line in process.stdout or ():
        name, _, value = line.strip().partition("=")
        if name == ATTACHED:
            found: dict[str, dict[str, Any]] = json.loads(value.strip("'"))
            return found
    raise AssertionError("the provider ended at its start")


if __name__ == "__main__":
    main(sys.argv[1])
