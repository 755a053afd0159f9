"""Orders in a list that says no dates: those of before this bot are told apart by reading each once."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.reconciliation import ListedOrder
from bot.services.context import AppContext
from bot.vendors.contract import Vendor


async def exclude_older_orders(
    ctx: AppContext, vendor: Vendor, listed: Sequence[ListedOrder], *, since: datetime
) -> list[ListedOrder]:
    """The list without undated strangers from before `since`; which these are is kept in mind.

    Only where no statement dates them by what moved: there a read may use up what is shown once.
    Raises VendorError.
    """
    if vendor.wallet_statement is not None:
        return list(listed)
    ours, older = ctx.store.orders.vendor_order_ids(vendor.name), _older(ctx, vendor.name)
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
                _keep(ctx, vendor.name, older)
    return kept


def _older(ctx: AppContext, vendor: str) -> set[str]:
    return set(json.loads(ctx.store.key_values.get(_storage_key(vendor)) or "[]"))


def _keep(ctx: AppContext, vendor: str, older: set[str]) -> None:
    with ctx.transaction():
        ctx.store.key_values.set(_storage_key(vendor), json.dumps(sorted(older)))


def _storage_key(vendor: str) -> str:
    return f"match_older_{vendor}"
