"""What AWS answers on a bad day: its errors in the words of each protocol, and rules that give them."""

import json
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from tests.deploy.faulty_aws import Answer, Request

PassOn = Callable[[], Answer]

_IAM = "{https://iam.amazonaws.com/doc/2010-05-08/}"


def error(request: Request, status: int, code: str, message: str) -> Answer:
    """Return an error as the request's service writes it.

    https://smithy.io/2.0/aws/protocols/index.html
    """
    if _speaks_json(request):
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amzn-Errortype": code}
        return Answer(status, headers, json.dumps({"__type": code, "message": message}).encode())
    inner = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    match request.service:
        case "ec2":
            text = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>0</RequestID></Response>"
        case "s3":
            text = f"<Error>{inner}<RequestId>0</RequestId></Error>"
        case _:
            text = f"<ErrorResponse><Error>{inner}</Error><RequestId>0</RequestId></ErrorResponse>"
    return Answer(status, {"Content-Type": "text/xml"}, text.encode())


def throttled(request: Request) -> Answer:
    """Return the error with which the request's service asks for fewer calls."""
    match request.service:
        case "ec2":
            return error(request, 503, "RequestLimitExceeded", "Request limit exceeded.")
        case "s3":
            return error(request, 503, "SlowDown", "Please reduce your request rate.")
        case _:
            return error(
                request, 400, "ThrottlingException" if _speaks_json(request) else "Throttling", "Rate exceeded"
            )


def unavailable(request: Request) -> Answer:
    """Return the error of a service that is down."""
    return error(request, 503, "ServiceUnavailable", "Service is unable to handle request.")


def _speaks_json(request: Request) -> bool:
    return "X-Amz-Target" in request.headers or request.service == "elasticfilesystem"


@dataclass
class EveryThirdCallThrottled:
    """A rule: whoever calls much is throttled, but not for long: the SDK's second try passes."""

    throttled: int = 0
    _calls: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: Request, pass_on: PassOn) -> Answer:
        if not request.headers.get("Amz-Sdk-Request", "").startswith("attempt=1;"):
            return pass_on()
        with self._lock:
            self._calls += 1
            refused = self._calls % 3 == 0
            self.throttled += refused
        return throttled(request) if refused else pass_on()


@dataclass
class Outage:
    """A rule: from the first call of this name on, AWS is down for these seconds."""

    action: str
    seconds: float
    retried: threading.Event = field(default_factory=threading.Event)
    _since: float | None = None

    def end(self) -> None:
        """Let AWS be up again."""
        self.seconds = 0

    def __call__(self, request: Request, pass_on: PassOn) -> Answer:
        if self._since is None and request.action != self.action:
            return pass_on()
        if self._since is None:
            self._since = time.monotonic()
        elif request.action == self.action:
            self.retried.set()
        return unavailable(request) if time.monotonic() - self._since < self.seconds else pass_on()


@dataclass
class FirstAnswersLost:
    """A rule: AWS acts on the first call of each of these names, but the connection is cut before its answer."""

    actions: frozenset[str]
    lost: set[str] = field(default_factory=set)

    def __call__(self, request: Request, pass_on: PassOn) -> Answer:
        answer = pass_on()
        if request.action in self.actions - self.lost:
            self.lost.add(request.action)
            raise ConnectionAbortedError
        return answer


@dataclass
class IamLag:
    """A rule: what IAM has just made is unknown for some seconds.

    Its reads do not find it, its other calls (which may reach another of IAM's servers than the read before them)
    cannot use it, and other services cannot assume it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
    """

    reads: float = 0
    calls: float = 0
    assuming: float = 0
    refused: set[str] = field(default_factory=set)
    _made: dict[tuple[str, str], float] = field(default_factory=dict)

    def __call__(self, request: Request, pass_on: PassOn) -> Answer:
        if request.action in ("CreateRole", "CreatePolicy", "CreateUser"):
            return self._make(pass_on)
        lag = self._lag(request)
        now = time.monotonic()
        unknown = [name for kind, name in _named(request) if now - self._made.get((kind, name), -math.inf) < lag]
        if not unknown:
            return pass_on()
        self.refused.add(request.action)
        if request.service == "iam":
            return error(request, 404, "NoSuchEntity", f"The entity {unknown[0]} cannot be found.")
        return error(request, 400, "InvalidParameter", f"Unable to assume given IAM role: '{unknown[0]}'")

    def _lag(self, request: Request) -> float:
        if request.service != "iam":
            return self.assuming
        return self.reads if request.action.startswith(("Get", "List")) else self.calls

    def _make(self, pass_on: PassOn) -> Answer:
        answer = pass_on()
        made = ET.fromstring(answer.body)  # noqa: S314 - from the local AWS
        for kind in ("RoleName", "UserName", "Arn"):
            self._made |= {(kind, str(each.text)): time.monotonic() for each in made.iter(f"{_IAM}{kind}")}
        return answer


def _named(request: Request) -> list[tuple[str, str]]:
    """Return what the request names, with its kind: a user and a role may have the same name."""
    kinds = {"RoleName": "RoleName", "UserName": "UserName", "PolicyArn": "Arn", "DeliverLogsPermissionArn": "Arn"}
    return [(kind, request.parameters[key]) for key, kind in kinds.items() if key in request.parameters]
