"""Whether a request is signed as AWS's gateway demands, by AWS's document and without the client's library.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, urlsplit

SERVICE = "ssmmessages"
ALGORITHM = "AWS4-HMAC-SHA256"
EMPTY = hashlib.sha256(b"").hexdigest()
MOST_SKEW = timedelta(minutes=5)
AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=(?P<key>[^/]+)/(?P<scope>\d{{8}}/[^/]+/{SERVICE}/aws4_request), *"
    r"SignedHeaders=(?P<signed>[^,]+), *Signature=(?P<signature>[0-9a-f]{64})"
)


def is_signed(target: str, headers: Mapping[str, str], secrets: Mapping[str, str]) -> bool:
    """Whether a GET of a path and query is signed, now, with one of the secrets (by the id of their access key)."""
    sent = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    found = AUTHORIZATION.fullmatch(sent.get("authorization", ""))
    if not found or found["key"] not in secrets or not _is_now(sent.get("x-amz-date", "")):
        return False
    signed = found["signed"].split(";")
    if "host" not in signed or any(name not in sent for name in signed):
        return False
    expected = signature(target, {name: sent[name] for name in signed}, found["scope"], secrets[found["key"]])
    return hmac.compare_digest(expected, found["signature"])


def signature(target: str, signed: Mapping[str, str], scope: str, secret: str) -> str:
    """Return the signature of a GET of a path and query, with the headers that are signed, in their order."""
    request = hashlib.sha256(_canonical_request(target, signed).encode()).hexdigest()
    text = "\n".join([ALGORITHM, signed["x-amz-date"], scope, request])
    key = f"AWS4{secret}".encode()
    for part in (*scope.split("/"), text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def _canonical_request(target: str, signed: Mapping[str, str]) -> str:
    address = urlsplit(target)
    lines = [f"{name}:{value}" for name, value in signed.items()]
    return "\n".join(["GET", quote(address.path), _canonical_query(address.query), *lines, "", ";".join(signed), EMPTY])


def _canonical_query(query: str) -> str:
    """Encode what the query says, whichever way it was written; a plus is a space, as in AWS's own client.

    AWS's session-manager-plugin signs what Go's ``URL.Query()`` reads.
    """
    pairs = [(quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in parse_qsl(query, True)]
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _is_now(date: str) -> bool:
    try:
        at = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return abs(datetime.now(UTC) - at) < MOST_SKEW
