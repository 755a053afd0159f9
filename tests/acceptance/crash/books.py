"""The vendor's books beside ours, cent for cent and code for code."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.domain.orders import OrderId, OrderState
from bot.domain.vouchers import Voucher
from store import Keyring, verify
from store.codes import Codes
from store.database import Database
from tests.acceptance.crash.launch import now

Theirs = dict[str, Any]
_BOUGHT = {
    OrderState.PLACED,
    OrderState.PARTLY_DELIVERED,
    OrderState.DELIVERED,
    OrderState.CODES_MISSING,
    OrderState.FAILED,
    OrderState.CANCELLED,
}
_MAY_BE_BOUGHT = {OrderState.PLACING, OrderState.UNSETTLED}
_VENDOR_WORDS = {
    "DELIVERED": {OrderState.DELIVERED, OrderState.CODES_MISSING, OrderState.PLACED},
    "PARTIALLY_DELIVERED": {OrderState.PARTLY_DELIVERED, OrderState.PLACED},
    "PENDING": {OrderState.PLACED},
    "FAILED": {OrderState.FAILED, OrderState.PLACED},
    "CANCELLED": {OrderState.CANCELLED, OrderState.PLACED},
}


@dataclass
class Differences:
    """What does not agree. Empty lists are what we want."""

    double_purchases: list[str] = field(default_factory=list)
    lost_codes: list[str] = field(default_factory=list)
    unexplained_cents: list[str] = field(default_factory=list)
    untruths: list[str] = field(default_factory=list)

    def all(self) -> list[str]:
        return self.double_purchases + self.lost_codes + self.unexplained_cents + self.untruths


def identity(voucher: Voucher | Theirs) -> tuple[str | None, ...]:
    names = ("card_number", "pin_code", "claim_url")
    if isinstance(voucher, Voucher):
        return tuple(getattr(voucher, name) for name in names)
    return tuple(voucher[name] for name in names)


def rows(database: Path, sql: str, *values: Any) -> list[dict[str, Any]]:
    """Read beside a running bot."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql, values)]


def compare(database: Path, key: str, theirs: Iterable[Theirs]) -> Differences:
    """Our database against every order the vendor has of us, in any state of work."""
    found = Differences()
    theirs = list(theirs)
    by_reference: dict[str, Theirs] = {}
    for reference, times in Counter(order["client_reference"] for order in theirs).items():
        if times > 1:
            found.double_purchases.append(f"{reference} was bought {times} times")
    for order in theirs:
        by_reference[order["client_reference"]] = order
    ours = {row["client_reference"]: row for row in rows(database, "SELECT * FROM orders")}
    for reference in by_reference.keys() - ours.keys():
        found.unexplained_cents.append(f"{reference} was bought and is not an order of ours")
    with closing(Database(database, read_only=True, clock=now)) as opened:
        codes = Codes(opened, Keyring([key]))
        for reference, row in ours.items():
            kept = [identity(v) for v in codes.of_order(OrderId(row["id"]))]
            _compare_order(found, row, by_reference.get(reference), kept)
    intended = {
        row["client_reference"]
        for row in rows(database, "SELECT client_reference FROM audit WHERE action = 'purchase_intended'")
    }
    found.untruths += [f"{r} was bought without an intent on record" for r in by_reference.keys() - intended]
    chain = verify(database)
    if not chain.ok:
        found.untruths.append(f"the audit chain is broken: {chain.why}")
    return found


def _compare_order(
    found: Differences, row: dict[str, Any], theirs: Theirs | None, kept: list[tuple[str | None, ...]]
) -> None:
    reference, state = row["client_reference"], OrderState(row["state"])
    if theirs is None:
        if state in _BOUGHT:
            found.untruths.append(f"{reference} is {state} here, and the vendor has no such order")
        if kept:
            found.lost_codes.append(f"{reference} has codes of an order the vendor does not have")
        return
    if state in _MAY_BE_BOUGHT:
        return
    status = theirs["status"]
    if state not in _VENDOR_WORDS[status]:
        found.untruths.append(f"{reference} is {state} here and {status} at the vendor")
    sold = {identity(v) for v in theirs["vouchers"]}
    if len(kept) != len(set(kept)) or not set(kept) <= sold:
        found.lost_codes.append(f"{reference} holds codes twice, or codes that were never sold under it")
    if state is OrderState.DELIVERED and set(kept) != sold:
        found.lost_codes.append(f"{reference} is delivered with {len(kept)} of {len(sold)} codes")
    debited, charge = Decimal(str(theirs["debited"])), Decimal(row["charge_amount"])
    if (debited, theirs["deduction_currency"]) != (charge, row["charge_currency"]):
        found.unexplained_cents.append(f"{reference}: {debited} left the wallet, {charge} was approved")


def unexplained_movements(ledger: Iterable[Theirs], orders: Iterable[Theirs]) -> list[str]:
    """Wallet movements that no order accounts for, and orders that were debited otherwise than they say."""
    moved: dict[int, Decimal] = {}
    strange = []
    for entry in ledger:
        amount = Decimal(str(entry["amount"]))
        signed = amount if entry["transaction_type"] == "DEBIT" else -amount
        if entry["order_id"] is None:
            if signed > 0:
                strange.append(f"a debit of {amount} for no order")
            continue
        moved[entry["order_id"]] = moved.get(entry["order_id"], Decimal(0)) + signed
    for order in orders:
        refunded = order["status"] in {"FAILED", "CANCELLED"}
        due = Decimal(0) if refunded else Decimal(str(order["debited"]))
        if moved.pop(order["id"], None) != due:
            strange.append(f"order {order['id']} ({order['status']}) should have cost {due}")
    return strange + [
        f"order {order_id} moved {amount} and is nobody's" for order_id, amount in moved.items()
    ]


def everything_at_rest(database: Path) -> str:
    """All text that may be read without a key."""
    tables = ("orders", "audit", "outbox", "approvals", "facts")
    return json.dumps([rows(database, f"SELECT * FROM {table}") for table in tables])


def codes_in_clear(theirs: Iterable[Theirs]) -> set[str]:
    """Secrets long enough not to stand somewhere by chance."""
    vouchers = (voucher for order in theirs for voucher in order["vouchers"])
    return {s for v in vouchers for s in (v["card_number"], v["claim_url"]) if s and len(s) > 4}
