"""How people close an order whose end the bot cannot find out: one approver proposes, another confirms."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.lifecycle import OrderState
from bot.domain.orders import OrderId
from bot.domain.people import PersonId


@dataclass(frozen=True, slots=True)
class Resolution:
    """What one approver found out. It changes nothing until another one confirms it."""

    id: int
    order_id: OrderId
    outcome: OrderState  # one of RESOLUTIONS
    note: str
    proposer: PersonId
    proposed_at: datetime
    vendor_order_id: str | None = None  # which of the vendor's it is, where only people could find that out
