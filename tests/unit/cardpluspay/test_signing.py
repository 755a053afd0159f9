"""A challenge is signed so that the vendor, who holds the public key, can tell it was us."""

from base64 import b64decode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from bot.vendors.cardpluspay.signing import RequestSigner, challenge_in, load_signing_key
from bot.vendors.http.responses import MalformedResponse
from tests.unit.cardpluspay.responses import reply

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: Any, locked: KeySerializationEncryption | None = None) -> bytes:
    sealed: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked or NoEncryption())
    return sealed


@pytest.mark.parametrize("key", [KEY, load_signing_key(pem(KEY))], ids=["a key", "its PEM"])
def test_the_signature_is_over_the_challenge_and_verifies(key: rsa.RSAPrivateKey) -> None:
    headers = RequestSigner(key, "/challenge").headers("abc-123")

    assert headers["X-API-Challenge"] == "abc-123"
    KEY.public_key().verify(b64decode(headers["X-API-Signature"]), b"abc-123", PKCS1v15(), SHA256())


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (b"", "no private key in PEM"),
        (b"secret-that-is-no-key", "no private key in PEM"),
        (pem(KEY, BestAvailableEncryption(b"x")), "locked with a password"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "another kind than RSA"),
    ],
    ids=["nothing", "no PEM", "locked", "another kind"],
)
def test_what_is_no_key_is_said_without_being_shown(given: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says) as raised:
        load_signing_key(given)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "data", ["abc-123", {"challenge": "abc-123"}, {"challenge": "abc-123", "expires_in": 300}]
)
def test_a_challenge_is_found_where_it_may_be(data: Any) -> None:
    assert challenge_in(reply(data)) == "abc-123"


@pytest.mark.parametrize("data", [None, 5, [], {}, "", {"challenge": 5}, "a\r\nX-Evil: b", "ä", "x" * 5000])
def test_what_could_not_go_into_a_header_is_no_challenge(data: Any) -> None:
    with pytest.raises(MalformedResponse):
        challenge_in(reply(data))
