"""Voucher codes: how they are generated, and how the first read and later ones show them."""

import secrets
from calendar import monthrange
from datetime import UTC, datetime
from typing import Any

from bot.sandbox.octopus.choices import Choices
from bot.sandbox.vendors.brands import filled
from bot.sandbox.vendors.database import Database
from bot.sandbox.vendors.faults import Faults
from bot.sandbox.vendors.json_decimal import timestamp

SECRETS = ("card_number", "pin_code", "claim_url")
VISIBLE = 4


def make_vouchers(db: Database, order: Any, product: Any, count: int, now: float) -> None:
    """Add `count` new vouchers to the order. Runs inside the caller's transaction."""
    pattern, expires_at = product["code_pattern"], _expiry(product["validity"], now)
    for _ in range(count):
        db.insert(
            "vouchers",
            order_id=order["id"],
            card_number=filled(pattern) if pattern else None,
            pin_code=filled("9999") if pattern else None,
            claim_url=None if pattern else f"https://claim.example.net/{secrets.token_urlsafe(18)}",
            expires_at=expires_at,
            voucher_reference_number=f"VR-{filled('99999999')}" if secrets.randbelow(4) else None,
        )


def show_once(db: Database, order_id: int, choices: Choices, faults: Faults) -> list[dict[str, Any]]:
    """The order's vouchers for its owner: in clear the first time, masked afterwards.

    Marks them as shown, so it runs inside the caller's transaction.
    """
    rows = db.all("SELECT * FROM vouchers WHERE order_id = ? ORDER BY id", order_id)
    if "masked" in faults or ("clear" not in faults and choices.reads == "never"):
        return [shown(row, clear=False) for row in rows]
    always = "clear" in faults or choices.reads == "always"
    if choices.lost_answers_reveal or not faults.hides_the_answer():
        db.run("UPDATE vouchers SET revealed = 1 WHERE order_id = ?", order_id)
    return [shown(row, clear=always or not row["revealed"]) for row in rows]


def show_masked(db: Database, order_id: int, choices: Choices) -> list[dict[str, Any]]:
    """For lists, which always mask codes and do not mark them as shown."""
    rows = db.all("SELECT * FROM vouchers WHERE order_id = ? ORDER BY id", order_id)
    return [shown(row, clear=choices.reads == "always") for row in rows]


def shown(row: Any, *, clear: bool) -> dict[str, Any]:
    hidden = {name: row[name] if clear else masked(row[name]) for name in SECRETS}
    return hidden | {
        "expires_at": timestamp(row["expires_at"]),
        "voucher_reference_number": row["voucher_reference_number"],
    }


def masked(secret: str | None) -> str | None:
    """Only the last four characters stay readable; of a secret of up to four characters, none."""
    if secret is None:
        return None
    tail = secret[-VISIBLE:] if len(secret) > VISIBLE else ""
    return "*" * (len(secret) - len(tail)) + tail


def _expiry(validity: str | None, now: float) -> float | None:
    if not validity or not validity[0].isdigit():
        return None
    number, unit = validity.split()
    today = datetime.fromtimestamp(now, UTC)
    months = today.month - 1 + int(number) * (12 if unit.startswith("year") else 1)
    year, month = today.year + months // 12, months % 12 + 1
    day = min(today.day, monthrange(year, month)[1])
    return datetime(year, month, day, tzinfo=UTC).timestamp()
