"""Secrets and web addresses in settings, and the error for a setting that cannot be used."""

import ipaddress
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, SecretStr


class UnusableSetting(Exception):
    """A variable refers to something that cannot be used, such as a bad key file. It shows no secret."""

    def __init__(self, variable: str, what: str, hint: str) -> None:
        super().__init__(f"{variable}: {what} — {hint}")
        self.variable = variable
        self.what = what
        self.hint = hint


def _one_line(text: object) -> object:
    if isinstance(text, str) and not text.strip().isprintable():
        raise ValueError("has a line break or another invisible character in it")
    return text.strip() if isinstance(text, str) else text


Secret = Annotated[SecretStr, BeforeValidator(_one_line)]


def web_address(text: str, *, is_live: Callable[[str], bool], allow_plain_http: bool) -> str:
    """The address without a trailing slash. Raises ValueError, with a message for the operator."""
    address = text.strip()
    parts = urlsplit(address)
    is_odd = parts.query or parts.fragment or any(character.isspace() for character in address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or is_odd:
        raise ValueError("is not a web address such as https://host or http://127.0.0.1:3000")
    if parts.username is not None:
        raise ValueError("has a user name or password in it")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        if is_live(address):
            raise ValueError("uses plain http, and tokens and codes never go to a live service readable")
        if not allow_plain_http:
            raise ValueError(
                "uses plain http for another machine; for a stand-in in a network of your own, "
                "force it with GIFTCARD_ALLOW_PLAIN_HTTP=1"
            )
    return address.rstrip("/")


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def host_of(address: str) -> str:
    return (urlsplit(address).hostname or "").rstrip(".")
