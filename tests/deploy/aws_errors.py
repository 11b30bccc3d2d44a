"""Errors in the words of AWS's protocols."""

import json
from xml.sax.saxutils import escape

from tests.deploy.faulty_aws import Answer, Request

_REST_JSON = {"elasticfilesystem"}


def error(request: Request, status: int, code: str, message: str) -> Answer:
    """Return an error as the request's service writes it.

    https://smithy.io/2.0/aws/protocols/index.html
    """
    if "X-Amz-Target" in request.headers or request.service in _REST_JSON:
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
    """Return the error with which the request's service says: slower."""
    match request.service:
        case "ec2":
            return error(request, 503, "RequestLimitExceeded", "Request limit exceeded.")
        case "s3":
            return error(request, 503, "SlowDown", "Please reduce your request rate.")
        case _ if "X-Amz-Target" in request.headers or request.service in _REST_JSON:
            return error(request, 400, "ThrottlingException", "Rate exceeded")
        case _:
            return error(request, 400, "Throttling", "Rate exceeded")
