"""Identifiers that vendors assign: positive integers for them, text for us."""

from typing import Annotated, Any

from pydantic import BeforeValidator

from bot.vendors.contract import Refused
from bot.vendors.http.identity import VendorIdentity


def _identifier(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return str(value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 40:
        return value
    raise ValueError("not an id")


Id = Annotated[str, BeforeValidator(_identifier)]


def number(vendor: VendorIdentity, identifier: str) -> int:
    """The identifier as the vendor's integer. Raises Refused for text that is none."""
    if not (identifier.isascii() and identifier.isdigit() and len(identifier) <= 40 and int(identifier)):
        raise absent(vendor, f"number {identifier[:40]!r}")
    return int(identifier)


def absent(vendor: VendorIdentity, what: str, request_id: str | None = None) -> Refused:
    return Refused(f"{vendor.title} has no {what}.", code="NOT_FOUND", status=404, request_id=request_id)
