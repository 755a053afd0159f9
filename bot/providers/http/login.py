"""Tells one set of credentials from another without keeping either."""

import hashlib


def login_mark(api_key: str) -> str:
    return hashlib.sha256(b"login\0" + api_key.encode()).hexdigest()[:16]
