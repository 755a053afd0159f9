"""Tells one set of credentials from another without storing either."""

import hashlib


def credentials_fingerprint(api_key: str) -> str:
    return hashlib.sha256(b"login\0" + api_key.encode()).hexdigest()[:16]
