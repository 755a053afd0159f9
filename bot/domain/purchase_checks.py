"""The one ladder of checks before money moves: for the first attempt, and for one more under its reference."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bot.domain.lifecycle import NEVER_BOUGHT, Cause
from bot.domain.money import Money
from bot.domain.orders import Approval, Order
from bot.domain.policy.rules import Policy
from bot.domain.problems import JSON
from bot.domain.quotes import Quote


@dataclass(frozen=True, slots=True)
class Objection:
    """Why nothing is bought now. `parameters` are those of the problem that follows from the cause."""

    cause: Cause
    parameters: Mapping[str, JSON] = field(default_factory=dict)
    retry_after_s: float = 0.0


def check_purchase(
    order: Order,
    policy: Policy,
    approvals: Collection[Approval],
    quote: Quote | None = None,
    siblings: Collection[Order] = (),
) -> Objection | None:
    """The first thing that stands against buying; without a quote, of what can be told without one.

    `approvals` are those that cover the order's present terms; `siblings` the children of its parent.
    """
    if len(approvals) < policy.approvers.needed:
        return Objection(Cause.APPROVAL_NO_LONGER_VALID)
    if policy.vendor_forbidden(order.terms.vendor):
        return Objection(Cause.VENDOR_FORBIDDEN, {"vendor": order.terms.vendor})
    if quote is None:
        return None
    charge = charge_with_siblings(order, quote.charge, siblings)
    limit = policy.limits.charge.get(charge.currency)
    if limit is not None and charge.amount > limit:
        return Objection(
            Cause.OVER_LIMIT, {"limit": str(Money(limit, charge.currency)), "charge": str(charge)}
        )
    if quote.moved_beyond(order.charge, policy.purchases.tolerance_percent):
        return Objection(Cause.PRICE_MOVED, {"approved": str(order.charge), "now": str(quote.charge)})
    return None


def charge_with_siblings(child: Order, charge: Money, siblings: Collection[Order]) -> Money:
    """`charge` and what the rest of its parent costs: as quoted before it was bought, else as approved."""
    for other in siblings:
        cost = other.expected_debit or other.charge
        # In another currency than before it goes back to the approvers anyway.
        if other.id != child.id and other.state not in NEVER_BOUGHT and cost.currency == charge.currency:
            charge += cost
    return charge
