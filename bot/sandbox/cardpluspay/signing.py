"""Request signing: challenges that expire and work once, and the account's signature of one."""

import base64
import binascii
import secrets
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from bot.sandbox.cardpluspay.vendor import Vendor

LIFETIME_S = 300


def public_key(pem: str) -> RSAPublicKey:
    """Raises ValueError unless `pem` is an RSA public key."""
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise ValueError("the public key must be an RSA key")  # noqa: TRY004  # callers catch one kind
    return key


def issue_challenge(vendor: Vendor, account: Any) -> tuple[str, float]:
    """A new challenge and when it expires."""
    challenge, expires_at = secrets.token_urlsafe(32), vendor.clock.now() + LIFETIME_S
    vendor.db.insert("challenges", challenge=challenge, account_id=account["id"], expires_at=expires_at)
    return challenge, expires_at


def is_signed(vendor: Vendor, account: Any, challenge: str, signature: str) -> bool:
    """Whether the account signed a valid challenge of its own. The challenge is used up in any case."""
    used = "DELETE FROM challenges WHERE challenge = ? AND account_id = ? RETURNING expires_at"
    row = vendor.db.run(used, challenge, account["id"]).fetchone()
    if row is None or row["expires_at"] <= vendor.clock.now():
        return False
    try:
        raw = base64.b64decode(signature, validate=True)
        public_key(account["public_key"]).verify(raw, challenge.encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error):
        return False
    return True
