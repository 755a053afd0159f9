"""At which age the approvals channel is told of an order that does not get on, and how often."""

from datetime import datetime, timedelta

from bot.domain.lifecycle import BEING_BOUGHT, STATES, Escalation, OrderState, Owner
from bot.domain.orders import Order

_RAREST = timedelta(days=1)  # nobody is told of the same order less often than this, or much more


def gap(escalation: Escalation, times: int) -> timedelta:
    """How long to wait after the channel was told so many times of the same order."""
    doubled: int = 2 ** min(max(times - 1, 0), 10)
    return min(_RAREST, escalation.again * doubled)


def first_escalation(state: OrderState, now: datetime, next_at: datetime | None) -> datetime | None:
    """When the channel hears of an order that enters `state` now; None for a final state.

    A request that expires at `next_at` is called to mind half-way there at the latest.
    """
    info = STATES[state]
    if info.escalation is None:
        return None
    if info.waits_for is Owner.APPROVERS and next_at is not None:
        return now + min(info.escalation.first, (next_at - now) / 2)
    return now + info.escalation.first


def escalation_after(
    order: Order, to: OrderState, *, now: datetime, next_at: datetime | None
) -> tuple[int, datetime | None]:
    """How often the channel has been told of what is now going on, and when it is told next.

    An order may go round in being bought while the vendor is in trouble: that is one matter.
    """
    first = first_escalation(to, now, next_at)
    if first is None or order.escalate_at is None or not {order.state, to} <= BEING_BOUGHT:
        return 0, first
    return order.escalations, order.escalate_at if order.escalations else min(order.escalate_at, first)
