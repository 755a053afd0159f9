"""More cards than the vendor sells in one purchase: several orders, each approved as the whole is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from bot.domain.lifecycle import Cause
from bot.domain.money import Money, rounded
from bot.domain.orders import Order
from bot.services.context import AppContext
from bot.services.purchase.apply import PURCHASER, apply, approvers_of, begin
from store import NewOrder, Transaction


async def split_order(ctx: AppContext, order: Order) -> Order:
    """Make the children, in one transaction; from then on each is bought and recovered like any order."""
    largest = ctx.sells(order.terms).max_order_quantity
    assert largest is not None, "its vendor has a largest order"
    return await ctx.write(lambda tx: _split(ctx, tx, order, largest))


def _split(ctx: AppContext, tx: Transaction, parent: Order, largest: int) -> Order:
    drafts = list(child_drafts(parent, largest, ctx.clock()))
    approvals = tx.approvals.valid(parent)
    parent = apply(
        ctx,
        tx,
        parent,
        Cause.SPLIT,
        details={
            "children": {draft.client_reference: draft.terms.line.units for draft in drafts},
            "approvers": approvers_of(tx, parent),
            "terms": parent.digest,
        },
    )
    for draft in drafts:
        key = f"child/{draft.client_reference}"
        child = begin(tx, draft, Cause.CHILD_CREATED, request_key=key, actor=PURCHASER)
        for approval in approvals:
            tx.approvals.add(child.id, replace(approval, digest=child.digest))
    return parent


def child_drafts(parent: Order, largest: int, now: datetime) -> Iterator[NewOrder]:
    """Orders of at most `largest` cards. Their charges, discounts and fees add up to those of the parent."""
    quantity = parent.terms.line.units
    for number, start in enumerate(range(0, quantity, largest), start=1):
        end = min(start + largest, quantity)

        def share(amount: Money, start: int = start, end: int = end) -> Money:
            return _up_to(amount, end, quantity) - _up_to(amount, start, quantity)

        yield NewOrder(
            client_reference=f"{parent.client_reference}-{number}",
            requester=parent.requester,
            terms=replace(parent.terms, line=parent.terms.line.part(end - start)),
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


def _up_to(amount: Money, cards: int, quantity: int) -> Money:
    """What the first so many cards cost: shares made of differences of it add up to the cent."""
    return Money(rounded(amount.amount * Decimal(cards) / quantity, amount.currency), amount.currency)
