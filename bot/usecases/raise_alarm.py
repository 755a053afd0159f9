"""An order has been where it is for too long: the approvals channel is told, again and ever more rarely."""

from bot.domain.orders import Order, OrderId, OrderState
from bot.domain.oversight import OVERSIGHT
from bot.domain.people import Component
from bot.usecases.desk import Desk
from bot.usecases.notices import Event, alarm

WATCHMAN = Component("watchman")
_EVENTS = {
    OrderState.PLACING: Event.UNSETTLED,
    OrderState.UNSETTLED: Event.UNSETTLED,
    OrderState.CODES_MISSING: Event.CODES_MISSING,
}


async def raise_alarm(desk: Desk, order_id: OrderId) -> Order:
    """Tell the channel, if that is still due, and say when it is told next."""
    order, now = desk.store.orders.get(order_id), desk.clock()
    oversight = OVERSIGHT.get(order.state)
    if oversight is None or order.alarm_at is None or order.alarm_at > now:
        return order
    with desk.transaction():
        alarms = order.alarms + 1
        order = desk.store.orders.change(order.id, alarms=alarms, alarm_at=now + oversight.gap(alarms))
        alarm(desk, order, _EVENTS.get(order.state, Event.OVERDUE))
        desk.store.audit.write(
            actor=WATCHMAN,
            action="alarm_raised",
            order=order,
            before=order.state,
            after=order.state,
            details={"alarms": alarms, "owner": oversight.owner.value},
        )
    return order
