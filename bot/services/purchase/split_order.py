"""More cards than the vendor sells in one purchase: several orders, each approved as the whole is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from bot.domain.lifecycle import OrderState
from bot.domain.money import Money, rounded
from bot.domain.orders import Order
from bot.services.advance_order import CHECK_CHILDREN_EVERY, NOT_PURCHASED, advance
from bot.services.context import AppContext
from bot.services.purchase.outcomes import PURCHASER
from store import NewOrder


def split_order(ctx: AppContext, parent: Order, max_quantity: int) -> Order:
    """Make the parts, in one transaction; from then on each is bought and settled like any order."""
    drafts = list(child_drafts(parent, max_quantity, ctx.clock()))
    approvals = ctx.store.approvals.valid(parent)
    with ctx.transaction():
        parent = advance(
            ctx,
            parent,
            OrderState.SPLIT,
            actor=PURCHASER,
            action="split_into_children",
            details={
                "children": {draft.client_reference: draft.terms.quantity for draft in drafts},
                "approvers": sorted(str(approval.approver) for approval in approvals),
                "terms": parent.digest,
            },
            next_at=ctx.clock() + CHECK_CHILDREN_EVERY,
            problem=None,
        )
        for draft in drafts:
            child = ctx.store.orders.add_child(draft, actor=PURCHASER)
            for approval in approvals:
                ctx.store.approvals.add(child.id, replace(approval, digest=child.digest))
    return parent


def charge_with_siblings(ctx: AppContext, child: Order, charge: Money) -> Money:
    """`charge` and what the rest of its whole costs: as quoted before it was bought, else as approved."""
    for other in ctx.store.orders.children_of(child.parent_id) if child.parent_id is not None else ():
        cost = other.expected_debit or other.charge
        # In another currency than before it goes back to the approvers anyway.
        if other.id != child.id and other.state not in NOT_PURCHASED and cost.currency == charge.currency:
            charge += cost
    return charge


def child_drafts(parent: Order, max_quantity: int, now: datetime) -> Iterator[NewOrder]:
    """Parts of at most `max_quantity` cards. Their charges, discounts and fees add up to those of the whole."""
    quantity = parent.terms.quantity
    for number, start in enumerate(range(0, quantity, max_quantity), start=1):
        end = min(start + max_quantity, quantity)

        def share(amount: Money, start: int = start, end: int = end) -> Money:
            return _cumulative_share(amount, end, quantity) - _cumulative_share(amount, start, quantity)

        yield NewOrder(
            client_reference=f"{parent.client_reference}-{number}",
            requester=parent.requester,
            terms=replace(parent.terms, quantity=end - start),
            product_name=parent.product_name,
            country=parent.country,
            discount=share(parent.discount),
            forex_rate=parent.forex_rate,
            fee=parent.fee and share(parent.fee),
            charge=share(parent.charge),
            balance_after=parent.balance_after,
            reason=parent.reason,
            ticket_url=parent.ticket_url,
            recipient_email=parent.recipient_email,
            requested_at=parent.requested_at,
            next_at=now,
            state_since=now,
            parent_id=parent.id,
        )


def _cumulative_share(amount: Money, cards: int, quantity: int) -> Money:
    """What the first so many cards cost: parts made of differences of it add up to the cent."""
    return Money(rounded(amount.amount * Decimal(cards) / quantity, amount.currency), amount.currency)
