"""An order has been where it is for too long: the approvals channel is told, again and ever more rarely."""

from bot.domain.escalation import ESCALATION_RULES
from bot.domain.lifecycle import OrderState
from bot.domain.notifications import NotificationEvent
from bot.domain.orders import Order, OrderId
from bot.domain.people import Component
from bot.services.context import AppContext
from bot.services.notifications import alert_approvers

ESCALATION = Component("escalation")
_EVENTS = {
    OrderState.SUBMITTING: NotificationEvent.OUTCOME_UNKNOWN,
    OrderState.OUTCOME_UNKNOWN: NotificationEvent.OUTCOME_UNKNOWN,
    OrderState.CODES_UNAVAILABLE: NotificationEvent.CODES_UNAVAILABLE,
}


async def escalate_order(ctx: AppContext, order_id: OrderId) -> Order:
    """Tell the channel, if that is still due, and say when it is told next."""
    order, now = ctx.store.orders.get(order_id), ctx.clock()
    rule = ESCALATION_RULES.get(order.state)
    if rule is None or order.escalate_at is None or order.escalate_at > now:
        return order
    with ctx.transaction():
        escalations = order.escalations + 1
        order = ctx.store.orders.change(
            order.id, escalations=escalations, escalate_at=now + rule.gap(escalations)
        )
        alert_approvers(ctx, order, _EVENTS.get(order.state, NotificationEvent.OVERDUE))
        ctx.store.audit.write(
            actor=ESCALATION,
            action="escalated",
            order=order,
            before=order.state,
            after=order.state,
            details={"escalations": escalations, "owner": rule.owner.value},
        )
    return order
