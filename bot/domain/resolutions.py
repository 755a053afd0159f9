"""How people close an order whose end the bot cannot find out: one approver proposes, another confirms."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.lifecycle import OrderState
from bot.domain.orders import OrderId, can_transition
from bot.domain.people import PersonId

# What people may find out about an order in a state, by the table of moves.
OUTCOMES: dict[OrderState, tuple[OrderState, ...]] = {
    state: outcomes
    for state in OrderState
    if (
        outcomes := tuple(o for o in (OrderState.NOT_BOUGHT, OrderState.RESOLVED) if can_transition(state, o))
    )
}


@dataclass(frozen=True, slots=True)
class Resolution:
    """What one approver found out. It changes nothing until another one confirms it."""

    id: int
    order_id: OrderId
    outcome: OrderState  # one of OUTCOMES
    note: str
    proposer: PersonId
    proposed_at: datetime
    vendor_order_id: str | None = None  # which of the vendor's it is, where only people could find that out
