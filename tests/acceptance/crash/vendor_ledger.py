"""The vendors' ledgers in one form, and what of ours may be read beside them."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.domain.lifecycle import OrderState

Row = dict[str, Any]
Card = tuple[str | None, ...]  # number, PIN, address


@dataclass(frozen=True)
class VendorSale:
    """An order in a vendor's ledger. `may_be` is what it may be called here; `cost` what it took in the end.

    `shows_again`: the vendor shows the numbers of its cards as often as it is asked.
    """

    vendor: str
    number: str
    reference: str | None  # where the vendor takes one
    account: str
    product: str
    quantity: int
    may_be: frozenset[OrderState]
    cards: tuple[Card, ...]
    debited: Decimal
    cost: Decimal
    currency: str
    by_us: bool = True  # and not on the vendor's dashboard
    shows_again: bool = False


@dataclass(frozen=True)
class AccountMovement:
    """A transaction of an account. Positive is money that left it; `number` is the order's it was for."""

    vendor: str
    account: str
    number: str | None
    amount: Decimal


def rows(database: Path, sql: str, *values: Any) -> list[Row]:
    """Read beside a running bot."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql, values)]


def unexplained_movements(moved: Iterable[AccountMovement], sold: Iterable[VendorSale]) -> list[str]:
    """What left an account and is no order's, and orders that took something else than they say."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    strange = []
    for each in moved:
        if each.number is not None:
            sums[each.vendor, each.number] += each.amount
        elif each.amount > 0:
            strange.append(f"{each.amount} left {each.vendor}'s account {each.account} for no order")
    strange += [
        f"order {order.number} should have cost {order.cost}"
        for order in sold
        if sums.pop((order.vendor, order.number), Decimal(0)) != order.cost
    ]
    return strange + [
        f"order {number} moved {amount} and is nobody's" for (_, number), amount in sums.items()
    ]


def everything_at_rest(database: Path) -> str:
    """All text that may be read without a key."""
    tables = ("orders", "audit", "outbox", "approvals", "key_values", "snapshots", "resolutions")
    return json.dumps([rows(database, f"SELECT * FROM {table}") for table in tables])


def codes_readable_in(text: str, sold: Iterable[VendorSale]) -> list[str]:
    """Of the codes that were sold, those that stand in a text."""
    return [code for code in codes_of(sold) if code in text]


def codes_of(sold: Iterable[VendorSale]) -> set[str]:
    """Secrets long enough not to stand somewhere by chance."""
    secrets = ((number, address) for order in sold for number, _, address in order.cards)
    return {s for pair in secrets for s in pair if s and len(s) > 4}
