"""An approver says yes or no; the requester may take the request back. One decision, whoever presses."""

from bot.domain.lifecycle import OrderState
from bot.domain.notifications import NotificationEvent
from bot.domain.orders import Approval, Order, OrderId
from bot.domain.people import Person
from bot.domain.policy.rules import DenialReason, NotPermitted
from bot.services.advance_order import advance
from bot.services.context import AppContext
from bot.services.errors import BadRequest, NotFound, StaleOrder
from bot.services.notifications import refresh_card
from store import AlreadyDecided, NoSuchOrder
from store.columns import JSON

LONGEST_REASON = 500
DIGEST_LENGTH = 12  # as much of the digest as a button carries


def order_to_decide(
    ctx: AppContext, person: Person, order_id: OrderId, seen_digest: str | None = None
) -> Order:
    """The order, if this person may decide on it now.

    `seen_digest` is what the card they pressed a button on was for.
    Raises NotFound, NotPermitted, StaleOrder.
    """
    order = _existing(ctx, order_id)
    with ctx.audit_denials(person, "decide", order):
        ctx.policy.check_decision(person, order.requester)
    _check_waiting(order)
    if seen_digest is not None and not order.digest.startswith(seen_digest):
        raise StaleOrder(
            "The terms of this request changed after this card was posted. "
            "Look at the current figures and decide again.",
            order,
        )
    return order


def approve_request(
    ctx: AppContext, person: Person, order_id: OrderId, seen_digest: str | None = None
) -> Order:
    """Count this person's yes; with enough different people the order may be bought."""
    order = order_to_decide(ctx, person, order_id, seen_digest)
    if ctx.policy.vendor_forbidden(order.terms.vendor):
        vendor = ctx.vendor_title(order.terms.vendor)
        raise StaleOrder(
            f"The policy lets nothing be bought from {vendor} any more, so this can only be declined.",
            order,
        )
    if any(person.is_same_person(earlier.approver) for earlier in ctx.store.approvals.valid(order)):
        raise _already_approved(order)
    now = ctx.clock()
    approval = Approval(approver=person.id, approved=True, digest=order.digest, decided_at=now)
    try:
        with ctx.transaction():
            ctx.store.approvals.add(order.id, approval)
            approvers = sorted({str(a.approver) for a in ctx.store.approvals.valid(order)})
            details: dict[str, JSON] = {
                "approvers": approvers,
                "needed": ctx.policy.approvers.needed,
                "terms": order.digest,
            }
            if len(approvers) < ctx.policy.approvers.needed:
                ctx.store.audit.write(
                    actor=person.id,
                    action="approval_given",
                    order=order,
                    before=order.state,
                    after=order.state,
                    details=details,
                )
                refresh_card(ctx, order)
            else:
                order = advance(
                    ctx,
                    order,
                    OrderState.APPROVED,
                    actor=person.id,
                    action="approved",
                    details=details,
                    tell=NotificationEvent.APPROVED,
                    next_at=now,
                    problem=None,
                )
    except AlreadyDecided as error:
        raise _already_approved(order) from error
    return order


def decline_request(ctx: AppContext, person: Person, order_id: OrderId, reason: str) -> Order:
    """One no is enough. The reason goes to the requester and onto the card."""
    order = order_to_decide(ctx, person, order_id)
    reason = reason.strip()
    if not reason:
        raise BadRequest({"reason": "Say why, in a few words: the requester is told."})
    if len(reason) > LONGEST_REASON:
        raise BadRequest({"reason": f"At most {LONGEST_REASON} characters, please: this has {len(reason)}."})
    decline = Approval(
        approver=person.id, approved=False, digest=order.digest, decided_at=ctx.clock(), reason=reason
    )
    try:
        with ctx.transaction():
            ctx.store.approvals.add(order.id, decline)
            return advance(
                ctx,
                order,
                OrderState.DECLINED,
                actor=person.id,
                action="declined",
                details={"reason": reason, "terms": order.digest},
                tell=NotificationEvent.DECLINED,
                next_at=None,
                problem=reason,
            )
    except AlreadyDecided as error:
        raise StaleOrder("You have already approved this, so you can no longer decline it.", order) from error


def withdraw_request(ctx: AppContext, person: Person, order_id: OrderId) -> Order:
    """The requester takes the request back while nobody has decided."""
    order = _existing(ctx, order_id)
    with ctx.audit_denials(person, "withdraw", order):
        if not person.is_same_person(order.requester):
            raise NotPermitted(
                DenialReason.NOT_THE_REQUESTER, "Only the person who asked can withdraw a request."
            )
    _check_waiting(order)
    with ctx.transaction():
        return advance(
            ctx,
            order,
            OrderState.WITHDRAWN,
            actor=person.id,
            action="withdrawn",
            tell=NotificationEvent.WITHDRAWN,
            next_at=None,
        )


def _already_approved(order: Order) -> StaleOrder:
    return StaleOrder("You have already approved this. It needs somebody else as well.", order)


def _existing(ctx: AppContext, order_id: OrderId) -> Order:
    try:
        return ctx.store.orders.get(order_id)
    except NoSuchOrder as error:
        raise NotFound("This request is not in our records.") from error


def _check_waiting(order: Order) -> None:
    if order.state is OrderState.PENDING_APPROVAL:
        return
    outcome = {
        OrderState.DECLINED: "was declined",
        OrderState.WITHDRAWN: "was withdrawn by the requester",
        OrderState.EXPIRED: "expired because nobody decided in time",
    }.get(order.state, "was already approved")
    raise StaleOrder(f"{order.client_reference} {outcome}. Your click changed nothing.", order)
