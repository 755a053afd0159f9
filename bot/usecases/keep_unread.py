"""An answer that nobody can read may hold the only copy of codes: it goes to the disk first of all."""

import structlog

from bot.domain.orders import Order
from bot.domain.people import Component
from bot.providers.contract import Unread
from bot.usecases.desk import Desk
from bot.usecases.until_on_disk import until_on_disk

log = structlog.get_logger(__name__)
READER = Component("reader")


async def keep_unread(desk: Desk, unread: Unread) -> None:
    """Seal it under its order, and keep the codes that could be made out beyond doubt."""
    order = _order_of(desk, unread)
    if order is None:
        # A look at an order of somebody else's: its codes are not ours to keep.
        log.warning("unread_answer_of_unknown_order", provider=unread.provider, request_id=unread.request_id)
        return
    known = {
        "order_id": order.id,
        "client_reference": order.client_reference,
        "request_id": unread.request_id,
    }
    log.error("answer_not_readable", octets=len(unread.body), codes=len(unread.vouchers), **known)
    await until_on_disk(lambda: _keep(desk, order, unread), **known)


def _keep(desk: Desk, order: Order, unread: Unread) -> None:
    with desk.transaction():
        kept = desk.store.codes.keep(order.id, unread.vouchers)
        if not desk.store.unread.keep(order.id, unread.body, unread.request_id):
            return  # a vendor that adds a field sends it with every read
        desk.store.audit.write(
            actor=READER,
            action="unread_answer_kept",
            order=order,
            before=order.state,
            after=order.state,
            details={"octets": len(unread.body), "cards": kept.new, "request_id": unread.request_id},
        )


def _order_of(desk: Desk, unread: Unread) -> Order | None:
    if unread.client_reference is not None:
        return desk.store.orders.by_reference(unread.client_reference)
    if unread.provider_order_id is not None:
        return desk.store.orders.by_number(unread.provider, unread.provider_order_id)
    return None
