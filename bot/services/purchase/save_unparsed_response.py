"""An answer that nobody can read may hold the only copy of codes: it goes to the disk first of all."""

import structlog

from bot.domain.audit_actions import AuditAction
from bot.domain.orders import Order
from bot.domain.people import Component
from bot.services.context import AppContext
from bot.services.persist_with_retry import persist_with_retry
from bot.vendors.contract import UnparsedResponse
from store import Transaction

log = structlog.get_logger(__name__)
RESPONSE_ARCHIVE = Component("response_archive")


async def save_unparsed_response(ctx: AppContext, unread: UnparsedResponse) -> None:
    """Seal it under its order, and keep the codes that could be made out beyond doubt."""
    order = await ctx.read(lambda tx: _order_of(tx, unread))
    if order is None:
        # A look at an order of somebody else's: its codes are not ours to keep.
        log.warning("unread_answer_of_unknown_order", vendor=unread.vendor, request_id=unread.request_id)
        return
    known = {
        "order_id": order.id,
        "client_reference": order.client_reference,
        "request_id": unread.request_id,
    }
    log.error("answer_not_readable", octets=len(unread.body), codes=len(unread.deliverables), **known)
    await persist_with_retry(lambda: ctx.write(lambda tx: _keep(tx, order, unread)), **known)


def _keep(tx: Transaction, order: Order, unread: UnparsedResponse) -> None:
    kept = tx.codes.keep(order.id, unread.deliverables)
    if not tx.unparsed_responses.keep(order.id, unread.body, unread.request_id):
        return  # a vendor that adds a field sends it with every read
    tx.audit.write(
        actor=RESPONSE_ARCHIVE,
        action=AuditAction.UNPARSED_RESPONSE_STORED,
        order=order,
        before=order.state,
        after=order.state,
        details={"octets": len(unread.body), "cards": kept.new, "request_id": unread.request_id},
    )


def _order_of(tx: Transaction, unread: UnparsedResponse) -> Order | None:
    if unread.client_reference is not None:
        return tx.orders.by_reference(unread.client_reference)
    if unread.vendor_order_id is not None:
        return tx.purchases.by_vendor_order_id(unread.vendor, unread.vendor_order_id)
    return None
