"""Web addresses in settings: well-formed, no secrets in them, plain http for this machine unless forced."""

import ipaddress
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, ValidationInfo

_LIVE_HOSTS = {"slack.com", "api.octopuscards.io", "api.cardpluspay.com"}


def _web_address(text: str, settings: ValidationInfo) -> str:
    parts = urlsplit(text.strip())
    strange = parts.query or parts.fragment or any(character.isspace() for character in text.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or strange:
        raise ValueError("is not a web address such as https://host or http://127.0.0.1:3000")
    if parts.username is not None:
        raise ValueError("has a user name or password in it")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        if is_live(text.strip()):
            raise ValueError("uses plain http, and tokens and codes never go to a live service readable")
        if not settings.data.get("allow_plain_http"):
            raise ValueError(
                "uses plain http for another machine; for a stand-in in a network of your own, "
                "force it with GIFTCARD_ALLOW_PLAIN_HTTP=1"
            )
    return text.strip().rstrip("/")


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_live(address: str) -> bool:
    """Whether it is Slack's own or a vendor's production; everything else is a stand-in or a sandbox."""
    host = host_of(address)
    return host in _LIVE_HOSTS or host.endswith(".slack.com")


def host_of(address: str) -> str:
    return (urlsplit(address).hostname or "").rstrip(".")


WebAddress = Annotated[str, BeforeValidator(_web_address)]
