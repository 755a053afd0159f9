"""Access and refresh tokens: signed, with an expiry, revocable."""

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from bot.sandbox.octopus.errors import unauthorised
from bot.sandbox.octopus.vendor import Vendor
from bot.sandbox.vendors.json_decimal import timestamp

LIFETIME_S = {"access": 3600, "refresh": 7 * 24 * 3600}


def issue_pair(vendor: Vendor, client_id: int) -> dict[str, Any]:
    """A new access and refresh token with their expiry times."""
    with vendor.db.transaction():
        access, access_expires_at = _issue(vendor, client_id, "access")
        refresh, refresh_expires_at = _issue(vendor, client_id, "refresh")
    return {
        "access_token": access,
        "refresh_token": refresh,
        "access_expires_at": timestamp(access_expires_at),
        "refresh_expires_at": timestamp(refresh_expires_at),
        "client_id": client_id,
    }


def client_of(vendor: Vendor, token: str, kind: str) -> int:
    """The client that has this valid token. Answers 401 when there is none."""
    row = _known(vendor, token)
    if row is None or row["kind"] != kind or row["revoked"] or row["expires_at"] <= vendor.clock.now():
        raise unauthorised("Invalid token")
    return int(row["client_id"])


def revoke(vendor: Vendor, token: str) -> None:
    row = _known(vendor, token)
    if row is not None:
        vendor.db.run("UPDATE tokens SET revoked = 1 WHERE id = ?", row["id"])


def revoke_all(vendor: Vendor, client_id: int, kind: str | None = None) -> int:
    """Returns how many tokens were revoked."""
    sql = "UPDATE tokens SET revoked = 1 WHERE client_id = ? AND NOT revoked AND kind = coalesce(?, kind)"
    return vendor.db.run(sql, client_id, kind).rowcount


def _issue(vendor: Vendor, client_id: int, kind: str) -> tuple[str, float]:
    now, token_id = vendor.clock.now(), secrets.token_hex(12)
    expires_at = now + LIFETIME_S[kind]
    vendor.db.insert("tokens", id=token_id, client_id=client_id, kind=kind, expires_at=expires_at)
    claims = {"sub": str(client_id), "typ": kind, "jti": token_id, "iat": int(now), "exp": int(expires_at)}
    unsigned = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    return f"{unsigned}.{_signature(vendor, unsigned)}", expires_at


def _known(vendor: Vendor, token: str) -> Any:
    unsigned, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(vendor, unsigned).encode()):
        return None
    claims = unsigned.split(".")[1]
    token_id = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["jti"]
    return vendor.db.one("SELECT * FROM tokens WHERE id = ?", token_id)


def _signature(vendor: Vendor, unsigned: str) -> str:
    key = vendor.db.stored_value("signing_key")
    assert key is not None
    return _base64(hmac.new(key.encode(), unsigned.encode(), hashlib.sha256).digest())


def _part(claims: dict[str, Any]) -> str:
    return _base64(json.dumps(claims, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
