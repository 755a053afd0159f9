"""Web addresses in settings: well-formed, without secrets, and plain http on this machine only."""

import ipaddress
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator


def _web_address(text: str) -> str:
    parts = urlsplit(text.strip())
    strange = parts.query or parts.fragment or any(character.isspace() for character in text.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or strange:
        raise ValueError("is not a web address such as https://host or http://127.0.0.1:3000")
    if parts.username is not None:
        raise ValueError("has a user name or password in it")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("uses plain http, which is only allowed for an address on this machine")
    return text.strip().rstrip("/")


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def host_of(address: str) -> str:
    return (urlsplit(address).hostname or "").rstrip(".")


WebAddress = Annotated[str, BeforeValidator(_web_address)]
