"""More cards than the vendor sells in one purchase: several orders, each approved as the whole is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from bot.domain.money import Money, rounded
from bot.domain.orders import Order, OrderState
from bot.usecases.advance_order import LOOK_AT_PARTS_EVERY, UNBOUGHT, advance
from bot.usecases.desk import Desk
from bot.usecases.purchase_outcomes import PURCHASER
from store import NewOrder


def buy_in_parts(desk: Desk, whole: Order, largest: int) -> Order:
    """Make the parts, in one transaction; from then on each is bought and settled like any order."""
    drafts = list(part_drafts(whole, largest, desk.clock()))
    approvals = desk.store.approvals.valid(whole)
    with desk.transaction():
        whole = advance(
            desk,
            whole,
            OrderState.IN_PARTS,
            actor=PURCHASER,
            action="made_into_parts",
            details={
                "parts": {draft.client_reference: draft.terms.quantity for draft in drafts},
                "approvers": sorted(str(approval.approver) for approval in approvals),
                "terms": whole.digest,
            },
            next_at=desk.clock() + LOOK_AT_PARTS_EVERY,
            trouble=None,
        )
        for draft in drafts:
            part = desk.store.orders.add_part(draft, actor=PURCHASER)
            for approval in approvals:
                desk.store.approvals.add(part.id, replace(approval, digest=part.digest))
    return whole


def charge_with_other_parts(desk: Desk, part: Order, charge: Money) -> Money:
    """`charge` and what the rest of its whole costs: as quoted before it was bought, else as approved."""
    for other in desk.store.orders.parts_of(part.whole_id) if part.whole_id is not None else ():
        cost = other.expected_debit or other.charge
        # In another currency than before it goes back to the approvers anyway.
        if other.id != part.id and other.state not in UNBOUGHT and cost.currency == charge.currency:
            charge += cost
    return charge


def part_drafts(whole: Order, largest: int, now: datetime) -> Iterator[NewOrder]:
    """Parts of at most `largest` cards. Their charges, discounts and fees add up to those of the whole."""
    quantity = whole.terms.quantity
    for number, start in enumerate(range(0, quantity, largest), start=1):
        end = min(start + largest, quantity)

        def share(amount: Money, start: int = start, end: int = end) -> Money:
            return _up_to(amount, end, quantity) - _up_to(amount, start, quantity)

        yield NewOrder(
            client_reference=f"{whole.client_reference}-{number}",
            requester=whole.requester,
            terms=replace(whole.terms, quantity=end - start),
            product_name=whole.product_name,
            country=whole.country,
            discount=share(whole.discount),
            forex_rate=whole.forex_rate,
            fee=whole.fee and share(whole.fee),
            charge=share(whole.charge),
            balance_after=whole.balance_after,
            reason=whole.reason,
            ticket_url=whole.ticket_url,
            recipient_email=whole.recipient_email,
            requested_at=whole.requested_at,
            next_at=now,
            state_since=now,
            whole_id=whole.id,
        )


def _up_to(amount: Money, cards: int, quantity: int) -> Money:
    """What the first so many cards cost: parts made of differences of it add up to the cent."""
    return Money(rounded(amount.amount * Decimal(cards) / quantity, amount.currency), amount.currency)
