"""Encryption of the stream, and the handshake that agrees on it; pure but for the source of data keys.

https://github.com/aws/session-manager-plugin/blob/mainline/src/encryption/encrypter.go
"""

import base64
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# The release from which on the gateway knows its client to sign the connection.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/plugin-version-history.html
CLIENT_VERSION = "1.2.764.0"

_NONCE_BYTES = 12
_SUCCESS, _FAILED = 1, 2

Document = dict[str, Any]
"""A document of the protocol, as JSON has it."""


class HandshakeError(Exception):
    """The agent and this client cannot agree; the text says why."""


@dataclass(frozen=True)
class DataKey:
    """64 bytes, half for each direction, and the same encrypted, which only the agent's own rights can decrypt."""

    plaintext: bytes
    ciphertext: bytes


NewDataKey = Callable[[], DataKey]
"""Makes a session's data key; raises HandshakeError where it cannot."""


class Cipher:
    """AES-GCM with a key for each direction; a nonce goes in front of every message."""

    def __init__(self, key: bytes) -> None:
        """Take the plain data key: its first half is the agent's to encrypt with, the second the client's."""
        middle = len(key) // 2
        self._decryption, self._encryption = AESGCM(key[:middle]), AESGCM(key[middle:])

    def encrypt(self, data: bytes) -> bytes:
        """Encrypt for the agent."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._encryption.encrypt(nonce, data, None)

    def decrypt(self, data: bytes) -> bytes:
        """Decrypt what the agent encrypted; raises HandshakeError where another key was used."""
        try:
            return self._decryption.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], None)
        except (InvalidTag, ValueError):
            raise HandshakeError("the agent's data is not encrypted with the session's key") from None


def answer_request(payload: bytes, new_data_key: NewDataKey | None) -> tuple[bytes, Cipher | None, str]:
    """Answer the agent's request of a handshake: the response, the cipher asked for, and why it is refused, if it is.

    Raises HandshakeError if the request cannot be understood.
    """
    cipher, refusal = None, ""
    answers: list[Document] = []
    for action in _requested(payload):
        answer: Document = {"ActionType": action, "ActionStatus": _SUCCESS}
        try:
            key = _agree(action, new_data_key)
        except HandshakeError as error:
            refusal = str(error)
            answer |= {"ActionStatus": _FAILED, "Error": refusal}
        else:
            if key:
                cipher = Cipher(key.plaintext)
                answer["ActionResult"] = {"KMSCipherTextKey": base64.b64encode(key.ciphertext).decode()}
        answers.append(answer)
    errors = [refusal] if refusal else []
    response = {"ClientVersion": CLIENT_VERSION, "ProcessedClientActions": answers, "Errors": errors}
    return json.dumps(response).encode(), cipher, refusal


def answer_challenge(payload: bytes, cipher: Cipher | None) -> bytes:
    """Prove to the agent that both have the same key: encrypt again what it encrypted.

    Raises HandshakeError if they have not, or if the challenge cannot be understood.
    """
    if cipher is None:
        raise HandshakeError("the agent sends a challenge, but no key was agreed on")
    try:
        encrypted = base64.b64decode(_read(payload, "Challenge", str))
    except ValueError as error:
        raise HandshakeError(f"the agent's challenge is not base64: {error}") from None
    challenge = cipher.decrypt(encrypted)
    return json.dumps({"Challenge": base64.b64encode(cipher.encrypt(challenge)).decode()}).encode()


def _agree(action: str, new_data_key: NewDataKey | None) -> DataKey | None:
    """Return the key for what the agent asks, None where it asks for none; raises HandshakeError to refuse."""
    if action == "SessionType":
        return None
    if action != "KMSEncryption":
        raise HandshakeError(f"the agent asks for {action}, which this client does not know")
    if new_data_key is None:
        raise HandshakeError("the agent asks for encryption, but the session has no key")
    return new_data_key()


def _requested(payload: bytes) -> list[str]:
    actions = _read(payload, "RequestedClientActions", list)
    if not all(isinstance(action, dict) and isinstance(action.get("ActionType"), str) for action in actions):
        raise HandshakeError(f"the agent's handshake asks for an action without a type: {actions}")
    return [action["ActionType"] for action in actions]


def _read(payload: bytes, name: str, kind: type) -> Any:  # noqa: ANN401 - a document of the protocol
    try:
        value = json.loads(payload)[name]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise HandshakeError(f"the agent's handshake has no {name}") from None
    if not isinstance(value, kind):
        raise HandshakeError(f"the agent's handshake has no {kind.__name__} as its {name}, but {value!r}")
    return value
