"""A vendor's event: put on disk before the vendor hears that it arrived, and acted on afterwards."""

from datetime import datetime, timedelta

import structlog

from bot.domain.events import Subject, VendorEvent
from bot.domain.orders import OrderId, OrderState
from bot.providers.contract import ProviderError
from bot.usecases.desk import Desk
from bot.usecases.show_balance import read_balances

log = structlog.get_logger(__name__)
_KEPT = timedelta(days=30)  # far longer than any vendor tries again
_READ_WITHIN_S = 20.0
# Where the vendor is asked anyway: an event only brings the question forward, and never moves an order.
_ASKED_ABOUT = {
    OrderState.UNSETTLED,
    OrderState.PLACED,
    OrderState.PARTLY_DELIVERED,
    OrderState.CODES_MISSING,
}


def receive_event(desk: Desk, event: VendorEvent) -> bool:
    """Keep a verified event; False for one that is kept already. It is on disk when this returns."""
    with desk.transaction():
        desk.store.events.prune(desk.clock() - _KEPT)
        return desk.store.events.add(event)


async def handle_event(desk: Desk, event: VendorEvent) -> None:
    """Act on what an event tells. Doing it again, late or in another order is harmless."""
    handled = [event]
    match event.subject:
        case Subject.ORDER:
            _ask_about_order(desk, event)
        case Subject.WALLET:
            # Each purchase brings one: those that wait already are answered by one reading.
            handled = desk.store.events.unhandled(event.provider, Subject.WALLET)
            await _refresh_wallets(desk, event.provider, {each.wallet_id for each in handled})
        case Subject.OTHER:
            log.info("event_of_unknown_kind", kind=event.kind, event_id=event.event_id)
    with desk.transaction():
        for each in handled:
            desk.store.events.handled(each)


def heed_news(desk: Desk, order_id: OrderId, since: datetime) -> None:
    """Look again at an order that an event named while it was being looked at: the answer may be older."""
    order = desk.store.orders.get(order_id)
    if order.state in _ASKED_ABOUT and desk.store.events.came_about(order, since):
        with desk.transaction():
            desk.store.orders.change(order.id, next_at=desk.clock())


def _ask_about_order(desk: Desk, event: VendorEvent) -> None:
    order_id = desk.store.events.order_id_of(event)
    if order_id is None:
        log.warning("event_of_unknown_order", kind=event.kind, event_id=event.event_id)
    elif desk.store.orders.get(order_id).state in _ASKED_ABOUT:
        with desk.transaction():
            desk.store.orders.change(order_id, next_at=desk.clock())


async def _refresh_wallets(desk: Desk, provider: str, wallet_ids: set[str | None]) -> None:
    with desk.transaction():
        for wallet_id in wallet_ids:
            desk.store.refunds.look_at_all_of(provider, wallet_id, desk.clock())
    try:
        await read_balances(desk, desk.provider(provider), timeout_s=_READ_WITHIN_S)
    except ProviderError as silence:
        # The next event, or whoever asks for the balance, reads it again.
        log.warning("balance_not_refreshed", request_id=silence.request_id, why=str(silence))
