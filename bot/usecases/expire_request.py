"""Nobody decided in time: the request ends, and its card loses its buttons."""

from bot.domain.orders import Order, OrderId, OrderState
from bot.domain.people import Component
from bot.usecases.desk import Desk
from bot.usecases.notices import Event, refresh_card, tell_requester

CLOCK = Component("clock")


async def expire_request(desk: Desk, order_id: OrderId) -> Order:
    with desk.transaction():
        order = desk.store.orders.move(
            order_id,
            OrderState.EXPIRED,
            from_=OrderState.WAITING,
            actor=CLOCK,
            action="expired",
            next_at=None,
            trouble=f"Nobody decided within {desk.policy.purchases.expire_after_hours} hours.",
        )
        refresh_card(desk, order)
        tell_requester(desk, order, Event.EXPIRED)
    return order
