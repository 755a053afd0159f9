"""Signed requests, for accounts that have them switched on: a challenge, signed, works once."""

import re
from base64 import b64encode
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.vendors.cardpluspay.identity import CARDPLUSPAY
from bot.vendors.http.responses import MalformedResponse, Response

_CHALLENGE = re.compile(r"[\x21-\x7e]{1,4096}")  # anything else could not go into a header


class RequestSigner:
    """Where below the base address challenges come from is not documented: the vendor tells who signs."""

    def __init__(self, private_key: bytes | RSAPrivateKey, challenge_path: str) -> None:
        """Raises ValueError, which does not show the key, for what is no private RSA key in PEM."""
        self.challenge_path = challenge_path
        self._key = private_key if isinstance(private_key, RSAPrivateKey) else _opened(private_key)

    def headers(self, challenge: str) -> dict[str, str]:
        signature = self._key.sign(challenge.encode(), PKCS1v15(), SHA256())
        return {"X-API-Challenge": challenge, "X-API-Signature": b64encode(signature).decode()}


def challenge_in(response: Response) -> str:
    """The challenge is `data.challenge`, or `data` itself. Raises Unreadable."""
    found: Any = response.value.get("challenge") if isinstance(response.value, dict) else response.value
    if not isinstance(found, str) or not _CHALLENGE.fullmatch(found):
        raise MalformedResponse(f"{CARDPLUSPAY.title} sent no challenge.", request_id=response.request_id)
    return found


def _opened(pem: bytes) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError(f"The key for {CARDPLUSPAY.title} is no private RSA key in PEM, without a password.")  # noqa: TRY004  # settings
    return key
