"""Request signing, for accounts that have it switched on: each request carries a new signed challenge."""

import re
from base64 import b64encode
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.vendors.cardpluspay.identity import CARDPLUSPAY
from bot.vendors.http.responses import MalformedResponse, Response
from bot.vendors.settings import UnusableSetting

_CHALLENGE = re.compile(r"[\x21-\x7e]{1,4096}")  # anything else does not fit into a header


class RequestSigner:
    """Signs challenges. Their path is not documented: the vendor tells it to each customer."""

    def __init__(self, private_key: RSAPrivateKey, challenge_path: str) -> None:
        self.challenge_path = challenge_path
        self._key = private_key

    def headers(self, challenge: str) -> dict[str, str]:
        signature = self._key.sign(challenge.encode(), PKCS1v15(), SHA256())
        return {"X-API-Challenge": challenge, "X-API-Signature": b64encode(signature).decode()}


def challenge_in(response: Response) -> str:
    """The challenge is `data.challenge`, or `data` itself. Raises MalformedResponse."""
    found: Any = response.value.get("challenge") if isinstance(response.value, dict) else response.value
    if not isinstance(found, str) or not _CHALLENGE.fullmatch(found):
        raise MalformedResponse(f"{CARDPLUSPAY.title} sent no challenge.", request_id=response.request_id)
    return found


def read_signing_key(path: Path) -> RSAPrivateKey:
    """Raises UnusableSetting, which does not show what is in the file."""
    try:
        return load_signing_key(path.read_bytes())
    except OSError as error:
        what = f"cannot be read ({type(error).__name__})"
    except ValueError as error:
        what = str(error)
    hint = "give a PEM file with an RSA private key and no password, readable by the bot alone"
    raise UnusableSetting("CARDPLUSPAY_SIGNING_KEY", f"{path} {what}", hint)


def load_signing_key(pem: bytes) -> RSAPrivateKey:
    """Raises ValueError, which does not show the key."""
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError:
        raise ValueError("is locked with a password") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("holds no private key in PEM format") from None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("holds a key of another kind than RSA")  # noqa: TRY004  # it is about the content
    return key
