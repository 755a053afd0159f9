"""The balance of a vendor that has no statement, compared with how it was at the match before."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.matching import Finding, ListedOrder, Reckoning
from bot.domain.money import Money
from bot.domain.orders import OrderState
from bot.providers.contract import Provider
from bot.usecases.desk import Desk

# When the account is debited for codes that come later is not documented. After an hour people know of it.
_MAYBE_NOT_DEBITED = (OrderState.PLACED, OrderState.PARTLY_DELIVERED)
_CODES_TAKE_AT_MOST = timedelta(hours=1)
_MOST_WAITING = 1000


async def reckon(
    desk: Desk, provider: Provider, listed: Sequence[ListedOrder], *, since: datetime, as_of: datetime
) -> Reckoning | None:
    """The balance beside the orders just listed. None where a statement says it all, and while a purchase
    is under way or has been since `as_of`: it may be in one of the two only. Raises ProviderError.
    """
    if provider.statement is not None:
        return None
    wallets = await provider.wallets()
    orders = desk.store.orders
    if len(wallets) != 1 or orders.under_way(provider.name) or orders.moved_since(provider.name, as_of):
        return None
    waiting = orders.in_states(_MAYBE_NOT_DEBITED, limit=_MOST_WAITING, provider=provider.name)
    if any(order.state_since > as_of - _CODES_TAKE_AT_MOST for order in waiting):
        return None
    # How many older ones were listed as well depends on where a page happened to end.
    counted = [order for order in listed if order.at is None or order.at >= since]
    return Reckoning.of(as_of, wallets[0].balance, counted)


def unexplained(desk: Desk, provider: str, now: Reckoning | None) -> Iterator[Finding]:
    """What moved since the last match and is in no order."""
    kept = desk.store.facts.get(_fact(provider))
    if now is not None and kept is not None:
        yield from now.since(_reckoning(json.loads(kept)))


def keep_reckoning(desk: Desk, provider: str, now: Reckoning | None) -> None:
    """For the next match. Inside a transaction."""
    if now is None:
        return
    kept = {"at": now.at.isoformat(), "currency": now.balance.currency}
    kept |= {"balance": f"{now.balance.amount:f}", "spent": f"{now.spent.amount:f}"}
    desk.store.facts.set(_fact(provider), json.dumps(kept))


def _fact(provider: str) -> str:
    return f"match_reckoning_{provider}"


def _reckoning(kept: dict[str, str]) -> Reckoning:
    def sum_of(name: str) -> Money:
        return Money(Decimal(kept[name]), kept["currency"])

    return Reckoning(datetime.fromisoformat(kept["at"]), sum_of("balance"), sum_of("spent"))
