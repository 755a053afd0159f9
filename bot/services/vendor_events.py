"""A vendor's event: put on disk before the vendor hears that it arrived, and acted on afterwards."""

from datetime import datetime, timedelta

import structlog

from bot.domain.events import Subject, VendorEvent
from bot.domain.lifecycle import Cause, happens
from bot.domain.orders import OrderId
from bot.services.context import AppContext
from bot.services.purchase.apply import commit
from bot.services.show_balance import read_balances
from bot.vendors.contract import VendorError
from store import Transaction

log = structlog.get_logger(__name__)
_KEPT = timedelta(days=30)  # far longer than any vendor tries again
_READ_WITHIN_S = 20.0


async def receive_event(ctx: AppContext, event: VendorEvent) -> bool:
    """Keep a verified event; False for one that is kept already. It is on disk when this returns."""
    return await ctx.write(lambda tx: _receive(tx, event, ctx.clock()))


def _receive(tx: Transaction, event: VendorEvent, now: datetime) -> bool:
    tx.events.prune(now - _KEPT)
    return tx.events.add(event)


async def handle_event(ctx: AppContext, event: VendorEvent) -> None:
    """Act on what an event tells. Doing it again, late or in another order is harmless."""
    handled = [event]
    match event.subject:
        case Subject.ORDER:
            await _requeue_order(ctx, event)
        case Subject.WALLET:
            # Each purchase brings one: those that wait already are answered by one reading.
            waiting = await ctx.read(lambda tx: tx.events.unhandled(event.vendor, Subject.WALLET))
            handled += [other for other in waiting if other != event]
            await _refresh_wallets(ctx, event.vendor, {each.wallet_id for each in handled})
        case Subject.OTHER:
            log.info("event_of_unknown_kind", kind=event.kind, event_id=event.event_id)

    def note(tx: Transaction) -> None:
        for each in handled:
            tx.events.handled(each)

    await ctx.write(note)


async def requeue_after_event(ctx: AppContext, order_id: OrderId, since: datetime) -> None:
    """Look again at an order that an event named while it was being looked at: the answer may be older."""
    order = await ctx.order(order_id)
    if await ctx.read(lambda tx: tx.events.has_event_for(order, since)):
        await look_again(ctx, order.id)


async def look_again(ctx: AppContext, order_id: OrderId) -> None:
    """There may be news of it at the vendor: ask at once, where the vendor is asked anyway."""
    order = await ctx.order(order_id)
    if happens(order.state, Cause.NEWS):
        await commit(ctx, order, Cause.NEWS)


async def _requeue_order(ctx: AppContext, event: VendorEvent) -> None:
    """The vendor is asked anyway: an event only brings the question forward, and never moves an order."""
    order_id = await ctx.read(lambda tx: tx.events.order_id_of(event))
    if order_id is None:
        log.warning("event_of_unknown_order", kind=event.kind, event_id=event.event_id)
        return
    await look_again(ctx, order_id)


async def _refresh_wallets(ctx: AppContext, vendor: str, wallet_ids: set[str | None]) -> None:
    now = ctx.clock()
    await ctx.write(
        lambda tx: [tx.refunds.reschedule_wallet(vendor, wallet_id, now) for wallet_id in wallet_ids]
    )
    try:
        await read_balances(ctx, ctx.vendor(vendor), timeout_s=_READ_WITHIN_S)
    except VendorError as error:
        # The next event, or whoever asks for the balance, reads it again.
        log.warning("balance_not_refreshed", request_id=error.request_id, why=str(error))
