"""Nobody decided in time: the request ends, and its card loses its buttons."""

from bot.domain.lifecycle import Cause
from bot.domain.orders import Order
from bot.domain.people import Component
from bot.services.context import AppContext
from bot.services.purchase.apply import commit

CLOCK = Component("clock")


async def expire_request(ctx: AppContext, order: Order) -> Order:
    """Raises StaleState when somebody decided meanwhile."""
    hours = ctx.policy.purchases.expire_after_hours
    return await commit(ctx, order, Cause.EXPIRED, actor=CLOCK, parameters={"hours": hours})
