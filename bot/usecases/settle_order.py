"""Find out what became of a purchase whose outcome is unknown, and read on what the vendor is fulfilling."""

from dataclasses import replace

import structlog

from bot.domain.cadence import look_up_gap, poll_gap
from bot.domain.orders import Order, OrderId, OrderState
from bot.providers.contract import OutcomeUnknown, ProviderError
from bot.usecases.desk import Desk
from bot.usecases.notices import Event, alarm
from bot.usecases.place_order import buy
from bot.usecases.purchase_outcomes import unsettled
from bot.usecases.record_receipt import record_receipt

log = structlog.get_logger(__name__)
_LOOK_UPS_BEFORE_ASKING_AGAIN = 2
_LOOK_UPS_BEFORE_SHOUTING = 4


async def settle_order(desk: Desk, order_id: OrderId) -> Order:
    """Look the order up by its reference; ask again, under the same reference, only when it is not there.

    Asking again cannot buy twice: the vendor takes a client_reference once. A look-up that fails proves
    nothing, so it never leads to asking again.
    """
    order = desk.store.orders.get(order_id)
    lookups = order.attempts + 1
    try:
        receipt = await desk.provider(order.terms.provider).find(order.client_reference)
    except ProviderError as silence:
        log.warning("look_up_failed", order_id=order.id, request_id=silence.request_id, why=str(silence))
        return _look_up_later(desk, order, lookups)
    if receipt is not None:
        return record_receipt(desk, order, receipt, codes_were_readable=False)
    if lookups < _LOOK_UPS_BEFORE_ASKING_AGAIN:
        return _look_up_later(desk, order, lookups)
    return await buy(desk, replace(order, attempts=lookups))


async def follow_order(desk: Desk, order_id: OrderId) -> Order:
    """Read an order that the vendor is fulfilling, or whose codes we do not hold."""
    order = desk.store.orders.get(order_id)
    provider, known = desk.provider(order.terms.provider), order.provider_order_id
    try:
        # The vendor once answered without its id: then our reference is what finds the order.
        receipt = await (provider.fetch(known) if known else provider.find(order.client_reference))
    except ProviderError as silence:
        log.warning("read_failed", order_id=order.id, request_id=silence.request_id, why=str(silence))
        return _read_later(desk, order)
    if receipt is None:
        return _read_later(desk, order)
    return record_receipt(desk, order, receipt, codes_were_readable=known is not None)


def _read_later(desk: Desk, order: Order) -> Order:
    next_at = desk.clock() + poll_gap(desk.clock() - order.state_since)
    with desk.store.transaction():
        return desk.store.orders.change(order.id, attempts=order.attempts + 1, next_at=next_at)


def adopt_orphans(desk: Desk) -> int:
    """At the start nobody is buying: whatever says so was cut off, and is looked up. Returns how many."""
    orphans = desk.store.orders.in_states([OrderState.PLACING], limit=1000)
    for order in orphans:
        unsettled(desk, order, OutcomeUnknown("the bot stopped while buying"), lookups=0)
    return len(orphans)


def _look_up_later(desk: Desk, order: Order, lookups: int) -> Order:
    with desk.transaction():
        order = desk.store.orders.change(
            order.id, attempts=lookups, next_at=desk.clock() + look_up_gap(lookups)
        )
        if lookups == _LOOK_UPS_BEFORE_SHOUTING:
            alarm(desk, order, Event.UNSETTLED)
    return order
