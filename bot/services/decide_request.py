"""An approver says yes or no; the requester may take the request back. One decision, whoever presses."""

from bot.domain.lifecycle import Cause, OrderState, happens
from bot.domain.orders import Approval, Order, OrderId
from bot.domain.people import Person
from bot.domain.policy import Denial, Facts, Stage
from bot.domain.policy.four_eyes import FourEyesDenial
from bot.services.authorize import authorize, with_vendor_title
from bot.services.context import AppContext
from bot.services.errors import BadRequest, NotFound, StaleOrder
from bot.services.purchase.apply import apply, approvers_of, commit
from store import AlreadyDecided, NoSuchOrder, Transaction

LONGEST_REASON = 500
DIGEST_LENGTH = 12  # as much of the digest as a button carries


async def order_to_decide(
    ctx: AppContext, person: Person, order_id: OrderId, seen_digest: str | None = None
) -> Order:
    """The order, if this person may decide on it now.

    `seen_digest` is what the card they pressed a button on was for.
    Raises NotFound, NotPermitted, StaleOrder.
    """
    order = await _existing(ctx, order_id)
    await authorize(ctx, Stage.DECIDE, person, Facts.of_order(order), attempted="decide", order=order)
    _check_pending(order)
    if seen_digest is not None and not order.digest.startswith(seen_digest):
        raise StaleOrder(
            "The terms of this request changed after this card was posted. "
            "Look at the current figures and decide again.",
            order,
        )
    return order


async def approve_request(
    ctx: AppContext, person: Person, order_id: OrderId, seen_digest: str | None = None
) -> Order:
    """Count this person's yes; with enough different people the order may be bought."""
    order = await order_to_decide(ctx, person, order_id, seen_digest)
    try:
        return await ctx.write(lambda tx: _approve(ctx, tx, person, order))
    except AlreadyDecided as error:
        raise _not_approvable(ctx, order, Denial(FourEyesDenial.ALREADY_APPROVED)) from error


def _approve(ctx: AppContext, tx: Transaction, person: Person, order: Order) -> Order:
    facts = Facts.of_order(order, person=person, approvals=tx.approvals.valid(order))
    if denial := ctx.policy.check(Stage.APPROVE, facts):
        raise _not_approvable(ctx, order, denial)
    now = ctx.clock()
    approval = Approval(approver=person.id, approved=True, digest=order.digest, decided_at=now)
    tx.approvals.add(order.id, approval)
    approvers, needed = approvers_of(tx, order), ctx.policy.approvers.needed
    return apply(
        ctx,
        tx,
        order,
        Cause.APPROVED if len(approvers) >= needed else Cause.APPROVAL_GIVEN,
        actor=person.id,
        details={"approvers": approvers, "needed": needed, "terms": order.digest},
    )


def _not_approvable(ctx: AppContext, order: Order, denial: Denial) -> StaleOrder:
    denial = with_vendor_title(ctx, denial)
    return StaleOrder(denial.sentence, order, denial)


async def decline_request(ctx: AppContext, person: Person, order_id: OrderId, reason: str) -> Order:
    """One no is enough. The reason goes to the requester and onto the card."""
    order = await order_to_decide(ctx, person, order_id)
    reason = reason.strip()
    if not reason:
        raise BadRequest({"reason": "Say why, in a few words: the requester is told."})
    if len(reason) > LONGEST_REASON:
        raise BadRequest({"reason": f"At most {LONGEST_REASON} characters, please: this has {len(reason)}."})
    try:
        return await ctx.write(lambda tx: _decline(ctx, tx, person, order, reason))
    except AlreadyDecided as error:
        raise StaleOrder("You have already approved this, so you can no longer decline it.", order) from error


def _decline(ctx: AppContext, tx: Transaction, person: Person, order: Order, reason: str) -> Order:
    decline = Approval(
        approver=person.id, approved=False, digest=order.digest, decided_at=ctx.clock(), reason=reason
    )
    tx.approvals.add(order.id, decline)
    return apply(
        ctx,
        tx,
        order,
        Cause.DECLINED,
        actor=person.id,
        details={"reason": reason, "terms": order.digest},
        parameters={"note": reason},
    )


async def withdraw_request(ctx: AppContext, person: Person, order_id: OrderId) -> Order:
    """The requester takes the request back while nobody has decided."""
    order = await _existing(ctx, order_id)
    await authorize(ctx, Stage.WITHDRAW, person, Facts.of_order(order), attempted="withdraw", order=order)
    _check_pending(order)
    return await commit(ctx, order, Cause.WITHDRAWN, actor=person.id)


async def _existing(ctx: AppContext, order_id: OrderId) -> Order:
    try:
        return await ctx.order(order_id)
    except NoSuchOrder as error:
        raise NotFound("This request is not in our records.") from error


def _check_pending(order: Order) -> None:
    if happens(order.state, Cause.APPROVED):
        return
    outcome = {
        OrderState.DECLINED: "was declined",
        OrderState.WITHDRAWN: "was withdrawn by the requester",
        OrderState.EXPIRED: "expired because nobody decided in time",
    }.get(order.state, "was already approved")
    raise StaleOrder(f"{order.client_reference} {outcome}. Your click changed nothing.", order)
