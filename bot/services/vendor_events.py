"""A vendor's event: put on disk before the vendor hears that it arrived, and acted on afterwards."""

from datetime import datetime, timedelta

import structlog

from bot.domain.events import Subject, VendorEvent
from bot.domain.lifecycle import OrderState
from bot.domain.orders import OrderId
from bot.services.context import AppContext
from bot.services.show_balance import read_balances
from bot.vendors.contract import VendorError

log = structlog.get_logger(__name__)
_KEPT = timedelta(days=30)  # far longer than any vendor tries again
_READ_WITHIN_S = 20.0
# Where the vendor is asked anyway: an event only brings the question forward, and never moves an order.
_POLLED_STATES = {
    OrderState.OUTCOME_UNKNOWN,
    OrderState.PURCHASED,
    OrderState.PARTIALLY_DELIVERED,
    OrderState.CODES_UNAVAILABLE,
}


def receive_event(ctx: AppContext, event: VendorEvent) -> bool:
    """Keep a verified event; False for one that is kept already. It is on disk when this returns."""
    with ctx.transaction():
        ctx.store.events.prune(ctx.clock() - _KEPT)
        return ctx.store.events.add(event)


async def handle_event(ctx: AppContext, event: VendorEvent) -> None:
    """Act on what an event tells. Doing it again, late or in another order is harmless."""
    handled = [event]
    match event.subject:
        case Subject.ORDER:
            _requeue_order(ctx, event)
        case Subject.WALLET:
            # Each purchase brings one: those that wait already are answered by one reading.
            handled = ctx.store.events.unhandled(event.vendor, Subject.WALLET)
            await _refresh_wallets(ctx, event.vendor, {each.wallet_id for each in handled})
        case Subject.OTHER:
            log.info("event_of_unknown_kind", kind=event.kind, event_id=event.event_id)
    with ctx.transaction():
        for each in handled:
            ctx.store.events.handled(each)


def requeue_after_event(ctx: AppContext, order_id: OrderId, since: datetime) -> None:
    """Look again at an order that an event named while it was being looked at: the answer may be older."""
    order = ctx.store.orders.get(order_id)
    if order.state in _POLLED_STATES and ctx.store.events.has_event_for(order, since):
        with ctx.transaction():
            ctx.store.orders.change(order.id, next_at=ctx.clock())


def _requeue_order(ctx: AppContext, event: VendorEvent) -> None:
    order_id = ctx.store.events.order_id_of(event)
    if order_id is None:
        log.warning("event_of_unknown_order", kind=event.kind, event_id=event.event_id)
    elif ctx.store.orders.get(order_id).state in _POLLED_STATES:
        with ctx.transaction():
            ctx.store.orders.change(order_id, next_at=ctx.clock())


async def _refresh_wallets(ctx: AppContext, vendor: str, wallet_ids: set[str | None]) -> None:
    with ctx.transaction():
        for wallet_id in wallet_ids:
            ctx.store.refunds.reschedule_wallet(vendor, wallet_id, ctx.clock())
    try:
        await read_balances(ctx, ctx.vendor(vendor), timeout_s=_READ_WITHIN_S)
    except VendorError as error:
        # The next event, or whoever asks for the balance, reads it again.
        log.warning("balance_not_refreshed", request_id=error.request_id, why=str(error))
