"""The handshake agrees on what this client can do, and says why not; each direction has its own key."""

import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import example, given
from hypothesis import strategies as st

from operations.ecs_exec.data_channel.encryption import (
    Cipher,
    DataKey,
    HandshakeError,
    answer_challenge,
    answer_request,
)

KEY = bytes(range(64))
NONCE = b"n" * 12


def request(*actions: str) -> bytes:
    return json.dumps({"RequestedClientActions": [{"ActionType": action} for action in actions]}).encode()


def refused(*actions: str) -> tuple[dict[str, Any], str]:
    response, _, refusal = answer_request(request(*actions), None)
    return json.loads(response), refusal


def test_the_keys_first_half_decrypts_and_its_second_encrypts() -> None:
    cipher = Cipher(KEY)
    assert cipher.decrypt(NONCE + AESGCM(KEY[:32]).encrypt(NONCE, b"theirs", None)) == b"theirs"
    ours = cipher.encrypt(b"ours")
    assert AESGCM(KEY[32:]).decrypt(ours[:12], ours[12:], None) == b"ours"


def test_no_nonce_is_used_twice() -> None:
    cipher = Cipher(KEY)
    assert cipher.encrypt(b"same")[:12] != cipher.encrypt(b"same")[:12]


@pytest.mark.parametrize("data", [b"", b"short", NONCE + b"nonsense of sixteen bytes"])
def test_data_of_another_key_is_refused(data: bytes) -> None:
    with pytest.raises(HandshakeError, match="not encrypted with"):
        Cipher(KEY).decrypt(data)


def test_a_session_without_encryption_is_agreed_on() -> None:
    response, cipher, refusal = answer_request(request("SessionType"), None)
    assert json.loads(response)["ProcessedClientActions"] == [{"ActionType": "SessionType", "ActionStatus": 1}]
    assert (cipher, refusal) == (None, "")


def test_encryption_is_answered_with_the_encrypted_key() -> None:
    response, cipher, _ = answer_request(request("SessionType", "KMSEncryption"), lambda: DataKey(KEY, b"sealed"))
    action = json.loads(response)["ProcessedClientActions"][1]
    assert (action["ActionStatus"], base64.b64decode(action["ActionResult"]["KMSCipherTextKey"])) == (1, b"sealed")
    assert cipher is not None


def test_encryption_without_a_key_is_refused_with_the_reason() -> None:
    response, refusal = refused("KMSEncryption")
    assert (response["ProcessedClientActions"][0]["ActionStatus"], response["Errors"]) == (2, [refusal])
    assert "the session has no key" in refusal


def test_an_unknown_action_is_refused_by_its_name() -> None:
    assert "Teleport" in refused("Teleport")[1]


def test_the_challenge_is_encrypted_again_with_our_key() -> None:
    challenge = base64.b64encode(NONCE + AESGCM(KEY[:32]).encrypt(NONCE, b"secret", None)).decode()
    answer = base64.b64decode(
        json.loads(answer_challenge(json.dumps({"Challenge": challenge}).encode(), Cipher(KEY)))["Challenge"]
    )
    assert AESGCM(KEY[32:]).decrypt(answer[:12], answer[12:], None) == b"secret"


def test_a_challenge_before_a_key_is_refused() -> None:
    with pytest.raises(HandshakeError, match="no key was agreed on"):
        answer_challenge(b'{"Challenge": ""}', None)


@pytest.mark.parametrize("payload", [b"", b"{}", b"[]", b"1"])
def test_a_handshake_that_is_none_is_refused(payload: bytes) -> None:
    with pytest.raises(HandshakeError, match="RequestedClientActions"):
        answer_request(payload, None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["SessionType", "KMSEncryption"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["ActionType", "Challenge", "other"]), inner),
)


@given(st.fixed_dictionaries({"RequestedClientActions": JSON}) | JSON)
@example({"RequestedClientActions": 1})
@example({"RequestedClientActions": [{}]})
@example({"RequestedClientActions": [{"ActionType": []}]})
def test_any_request_is_answered_or_refused(document: object) -> None:
    with suppress(HandshakeError):
        answer_request(json.dumps(document).encode(), lambda: DataKey(KEY, b"sealed"))


@given(st.fixed_dictionaries({"Challenge": JSON | st.binary().map(lambda data: base64.b64encode(data).decode())}))
@example({"Challenge": "a"})
@example({"Challenge": "ü"})
@example({"Challenge": 1})
def test_any_challenge_of_another_is_refused(document: object) -> None:
    with pytest.raises(HandshakeError, match=r"challenge|Challenge|not encrypted"):
        answer_challenge(json.dumps(document).encode(), Cipher(KEY))


@given(st.binary())
@example(b"[" * 100_000)
def test_bytes_that_are_no_json_are_refused(payload: bytes) -> None:
    with pytest.raises(HandshakeError, match="RequestedClientActions"):
        answer_request(payload, None)
