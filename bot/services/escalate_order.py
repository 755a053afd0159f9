"""An order has been where it is for too long: the approvals channel is told, again and ever more rarely."""

from bot.domain.escalation import gap
from bot.domain.lifecycle import STATES, Cause
from bot.domain.orders import Order, OrderId
from bot.domain.people import Component
from bot.services.context import AppContext
from bot.services.purchase.apply import commit

ESCALATION = Component("escalation")


async def escalate_order(ctx: AppContext, order_id: OrderId) -> Order:
    """Tell the channel, if that is still due, and say when it is told next."""
    order, now = await ctx.order(order_id), ctx.clock()
    info = STATES[order.state]
    if info.escalation is None or order.escalate_at is None or order.escalate_at > now:
        return order
    times = order.escalations + 1
    return await commit(
        ctx,
        order,
        Cause.ESCALATED,
        actor=ESCALATION,
        details={"escalations": times, "owner": info.waits_for and info.waits_for.value},
        escalations=times,
        escalate_at=now + gap(info.escalation, times),
    )
