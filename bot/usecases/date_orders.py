"""Orders in a list that says no dates: those of before this bot are told apart by reading each once."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.matching import ListedOrder
from bot.providers.contract import Provider
from bot.usecases.desk import Desk


async def without_older(
    desk: Desk, provider: Provider, listed: Sequence[ListedOrder], *, since: datetime
) -> list[ListedOrder]:
    """The list without undated strangers from before `since`; which these are is kept in mind.

    Only where no statement dates them by what moved: there a read may use up what is shown once.
    Raises ProviderError.
    """
    if provider.statement is not None:
        return list(listed)
    ours, older = desk.store.orders.numbers(provider.name), _older(desk, provider.name)
    kept: list[ListedOrder] = []
    for order in listed:
        number = order.provider_order_id
        if order.at is not None or number in ours:
            kept.append(order)
        elif number not in older:
            at = (await provider.fetch(number)).created_at
            if at is None or at >= since:
                kept.append(replace(order, at=at))
            else:
                older.add(number)
                _keep(desk, provider.name, older)
    return kept


def _older(desk: Desk, provider: str) -> set[str]:
    return set(json.loads(desk.store.facts.get(_fact(provider)) or "[]"))


def _keep(desk: Desk, provider: str, older: set[str]) -> None:
    with desk.transaction():
        desk.store.facts.set(_fact(provider), json.dumps(sorted(older)))


def _fact(provider: str) -> str:
    return f"match_older_{provider}"
