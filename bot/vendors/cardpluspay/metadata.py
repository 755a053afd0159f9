"""The metadata of a card: objects with one key each, of which only `Pin` is documented."""

import re
from dataclasses import dataclass
from typing import Any

from bot.vendors.http.unparsed import is_lossless

_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_FIELDS = {
    **dict.fromkeys(("pin", "pincode", "pinnumber"), "pin"),
    **dict.fromkeys(
        ("url", "link", "claimurl", "claimlink", "redeemurl", "redemptionurl", "redemptionlink"), "claim_url"
    ),
    **dict.fromkeys(("serial", "serialnumber", "reference", "referencenumber"), "serial"),
    **dict.fromkeys(("expiry", "expirydate", "expiresat", "expirationdate", "validuntil"), "expires_at"),
}


@dataclass(frozen=True, slots=True)
class Metadata:
    pin: str | None = None
    claim_url: str | None = None
    serial: str | None = None
    expires_at: str | None = None
    more: str | None = None  # unknown keys and their values, one per line
    is_fully_read: bool = True  # every value is in a field of its own


def metadata_of(value: Any) -> Metadata:
    """Keys may be spelled in any way. Unknown ones are kept as text, because they may be the PIN."""
    entries = [value] if isinstance(value, dict) else value or []
    if not isinstance(entries, list):
        return Metadata(is_fully_read=False)
    found: dict[str, str] = {}
    more: list[str] = []
    for entry in entries:
        for name, content in entry.items() if isinstance(entry, dict) else [("", entry)]:
            field = _FIELDS.get(_NOT_ALPHANUMERIC.sub("", name.casefold()))
            said = "" if content is None else str(content)
            if not said.strip():
                continue
            if field is None or not is_lossless(content) or found.get(field, said) != said:
                more.append(f"{name}: {said}" if name else said)
            else:
                found[field] = said
    return Metadata(**found, more="\n".join(more) or None, is_fully_read=not more)
