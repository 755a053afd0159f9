"""The balance of a vendor that has no statement, compared with how it was at the match before."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.lifecycle import Owner, states_where
from bot.domain.money import Money
from bot.domain.reconciliation import BalanceCheckpoint, Finding, ListedOrder
from bot.services.context import AppContext
from bot.vendors.contract import Vendor
from store import Transaction

# When the account is debited for codes that come later is not documented. After an hour people know of it.
_MAYBE_NOT_DEBITED = states_where(lambda info: info.waits_for is Owner.VENDOR)
_CODES_TAKE_AT_MOST = timedelta(hours=1)
_MOST_WAITING = 1000


async def take_checkpoint(
    ctx: AppContext, vendor: Vendor, listed: Sequence[ListedOrder], *, since: datetime, as_of: datetime
) -> BalanceCheckpoint | None:
    """The balance beside the orders just listed. None where a statement says it all, and while a purchase
    is under way or has been since `as_of`: it may be in one of the two only. Raises VendorError.
    """
    if vendor.wallet_statement is not None:
        return None
    wallets = await vendor.wallets()
    if len(wallets) != 1 or await ctx.read(lambda tx: _is_moving(tx, vendor.name, as_of)):
        return None
    # How many older ones were listed as well depends on where a page happened to end.
    counted = [order for order in listed if order.at is None or order.at >= since]
    return BalanceCheckpoint.of(as_of, wallets[0].balance, counted)


def _is_moving(tx: Transaction, vendor: str, as_of: datetime) -> bool:
    """Whether the balance and the list may tell of different moments."""
    if tx.purchases.in_flight(vendor) or tx.purchases.moved_since(vendor, as_of):
        return True
    waiting = tx.purchases.in_states(_MAYBE_NOT_DEBITED, vendor=vendor, limit=_MOST_WAITING)
    return any(order.state_since > as_of - _CODES_TAKE_AT_MOST for order in waiting)


async def unexplained_changes(ctx: AppContext, vendor: str, now: BalanceCheckpoint | None) -> list[Finding]:
    """What moved since the last match and is in no order."""
    kept = await ctx.read(lambda tx: tx.key_values.get(_storage_key(vendor)))
    if now is None or kept is None:
        return []
    return list(now.since(_checkpoint(json.loads(kept))))


def save_checkpoint(tx: Transaction, vendor: str, now: BalanceCheckpoint | None) -> None:
    """For the next match."""
    if now is None:
        return
    kept = {"at": now.at.isoformat(), "currency": now.balance.currency}
    kept |= {"balance": f"{now.balance.amount:f}", "spent": f"{now.spent.amount:f}"}
    tx.key_values.set(_storage_key(vendor), json.dumps(kept))


def _storage_key(vendor: str) -> str:
    return f"match_reckoning_{vendor}"


def _checkpoint(kept: dict[str, str]) -> BalanceCheckpoint:
    def sum_of(name: str) -> Money:
        return Money(Decimal(kept[name]), kept["currency"])

    return BalanceCheckpoint(datetime.fromisoformat(kept["at"]), sum_of("balance"), sum_of("spent"))
