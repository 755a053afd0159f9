"""What is checked before money moves: for the first attempt, and for one more under the same reference."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from bot.domain.lifecycle import NEVER_BOUGHT, Cause
from bot.domain.money import Money
from bot.domain.orders import Approval, Order
from bot.domain.policy import Denial, DenialReason, Facts, Policy, Stage
from bot.domain.policy.approvers import ApproverDenial
from bot.domain.policy.limits import LimitDenial
from bot.domain.policy.purchases import PurchaseDenial
from bot.domain.policy.vendors import VendorDenial
from bot.domain.problems import JSON
from bot.domain.quotes import Quote

# Every other denial is told in the words of its rule.
_CAUSES: Mapping[DenialReason, Cause] = {
    ApproverDenial.APPROVAL_NO_LONGER_VALID: Cause.APPROVAL_NO_LONGER_VALID,
    VendorDenial.VENDOR_FORBIDDEN: Cause.VENDOR_FORBIDDEN,
    LimitDenial.OVER_LIMIT: Cause.OVER_LIMIT,
    PurchaseDenial.PRICE_MOVED: Cause.PRICE_MOVED,
}


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

    `siblings` are the children of its parent.
    """
    facts = replace(
        Facts.of_order(order, approvals=approvals),
        charge=quote.charge if quote else None,
        sibling_charges=_sibling_charges(order, siblings),
    )
    denial = policy.check(Stage.PURCHASE, facts)
    return _objection(denial) if denial else None


def _objection(denial: Denial) -> Objection:
    cause = _CAUSES.get(denial.reason)
    if cause is not None:
        return Objection(cause, denial.parameters)
    parameters: dict[str, JSON] = {"reason": denial.reason.value, "parameters": dict(denial.parameters)}
    return Objection(Cause.DENIED_BY_POLICY, parameters)


def _sibling_charges(child: Order, siblings: Collection[Order]) -> tuple[Money, ...]:
    """What the rest of its parent costs: as quoted before it was bought, else as approved."""
    return tuple(
        other.expected_debit or other.charge
        for other in siblings
        if other.id != child.id and other.state not in NEVER_BOUGHT
    )
