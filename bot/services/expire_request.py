"""Nobody decided in time: the request ends, and its card loses its buttons."""

from bot.domain.lifecycle import OrderState
from bot.domain.notifications import NotificationEvent
from bot.domain.orders import Order, OrderId
from bot.domain.people import Component
from bot.services.advance_order import advance
from bot.services.context import AppContext
from store import StaleState

CLOCK = Component("clock")


async def expire_request(ctx: AppContext, order_id: OrderId) -> Order:
    """Raises StaleState when somebody decided meanwhile."""
    order = ctx.store.orders.get(order_id)
    if order.state is not OrderState.PENDING_APPROVAL:
        raise StaleState(order)
    with ctx.transaction():
        return advance(
            ctx,
            order,
            OrderState.EXPIRED,
            actor=CLOCK,
            action="expired",
            tell=NotificationEvent.EXPIRED,
            next_at=None,
            problem=f"Nobody decided within {ctx.policy.purchases.expire_after_hours} hours.",
        )
