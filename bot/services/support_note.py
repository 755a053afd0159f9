"""What the vendor's support needs to find an order: ready to paste, and without codes."""

import json
from collections.abc import Iterable

from bot.domain.audit_actions import AuditAction
from bot.domain.orders import Order, OrderId
from bot.services.context import AppContext
from store import AuditRow

_MOST_REQUESTS = 8


async def order_and_note(ctx: AppContext, order_id: OrderId) -> tuple[Order, str]:
    """The order as it is now, and its note."""
    order, rows = await ctx.read(lambda tx: (tx.orders.get(order_id), list(tx.audit.rows(order_id=order_id))))
    return order, support_note(order, rows)


def support_note(order: Order, rows: Iterable[AuditRow]) -> str:
    """Plain text from the order and its audit rows: every number under which the vendor may know it."""
    terms = order.terms
    lines = [
        f"client_reference: {order.client_reference}",
        f"order id: {order.vendor_order_id or 'not known to us'}",
        f"product_id {terms.line.product_id}, denomination {terms.line.unit_value.amount:f} "
        f"{terms.line.unit_value.currency}, quantity {terms.line.units}, wallet_id {terms.wallet_id}",
    ]
    asked: dict[str, str] = {}
    for row in rows:
        if row.action == AuditAction.PURCHASE_INTENDED:
            lines.append(f"ordered at {row.at:%Y-%m-%d %H:%M:%S} UTC")
        request_id = json.loads(row.details).get("request_id")
        if request_id:
            asked.setdefault(str(request_id), f"{row.at:%Y-%m-%d %H:%M:%S} UTC, {row.action}")
    if order.vendor_request_id:
        asked.setdefault(order.vendor_request_id, "the latest")
    lines += [
        f"X-Request-Id: {request_id} ({when})" for request_id, when in list(asked.items())[:_MOST_REQUESTS]
    ]
    return "\n".join(lines)
