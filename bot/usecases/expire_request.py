"""Nobody decided in time: the request ends, and its card loses its buttons."""

from bot.domain.orders import Order, OrderId, OrderState
from bot.domain.people import Component
from bot.usecases.advance_order import advance
from bot.usecases.desk import Desk
from bot.usecases.notices import Event
from store import StaleState

CLOCK = Component("clock")


async def expire_request(desk: Desk, order_id: OrderId) -> Order:
    """Raises StaleState when somebody decided meanwhile."""
    order = desk.store.orders.get(order_id)
    if order.state is not OrderState.WAITING:
        raise StaleState(order)
    with desk.transaction():
        return advance(
            desk,
            order,
            OrderState.EXPIRED,
            actor=CLOCK,
            action="expired",
            tell=Event.EXPIRED,
            next_at=None,
            trouble=f"Nobody decided within {desk.policy.purchases.expire_after_hours} hours.",
        )
