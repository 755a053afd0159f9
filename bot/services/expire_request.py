"""Nobody decided in time: the request ends, and its card loses its buttons."""

from bot.domain.lifecycle import Cause, happens
from bot.domain.orders import Order, OrderId
from bot.domain.people import Component
from bot.services.context import AppContext
from bot.services.purchase.apply import commit
from store import StaleState

CLOCK = Component("clock")


async def expire_request(ctx: AppContext, order_id: OrderId) -> Order:
    """Raises StaleState when somebody decided meanwhile."""
    order = await ctx.order(order_id)
    if not happens(order.state, Cause.EXPIRED):
        raise StaleState(order)
    hours = ctx.policy.purchases.expire_after_hours
    return await commit(ctx, order, Cause.EXPIRED, actor=CLOCK, parameters={"hours": hours})
