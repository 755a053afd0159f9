"""Orders in a list that says no dates: those of before this bot are told apart by reading each once."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.reconciliation import ListedOrder
from bot.services.context import AppContext
from bot.vendors.contract import Vendor
from store import Transaction


async def exclude_older_orders(
    ctx: AppContext, vendor: Vendor, listed: Sequence[ListedOrder], *, since: datetime
) -> list[ListedOrder]:
    """The list without undated strangers from before `since`; which these are is kept in mind.

    Only where no statement dates them by what moved: there a read may use up what is shown once.
    Raises VendorError.
    """
    if vendor.wallet_statement is not None:
        return list(listed)
    ours, older = await ctx.read(
        lambda tx: (tx.purchases.vendor_order_ids(vendor.name), _older(tx, vendor.name))
    )
    kept: list[ListedOrder] = []
    for order in listed:
        number = order.vendor_order_id
        if order.at is not None or number in ours:
            kept.append(order)
        elif number not in older:
            at = (await vendor.sells[order.kind].fetch(number)).created_at
            if at is None or at >= since:
                kept.append(replace(order, at=at))
            else:
                older.add(number)
                await ctx.write(lambda tx: _keep(tx, vendor.name, older))
    return kept


def _older(tx: Transaction, vendor: str) -> set[str]:
    return set(json.loads(tx.key_values.get(_storage_key(vendor)) or "[]"))


def _keep(tx: Transaction, vendor: str, older: set[str]) -> None:
    tx.key_values.set(_storage_key(vendor), json.dumps(sorted(older)))


def _storage_key(vendor: str) -> str:
    return f"match_older_{vendor}"
