"""An approver says yes or no; the requester may take the request back. One decision, whoever presses."""

from bot.domain.orders import Approval, Order, OrderId, OrderState
from bot.domain.people import Person
from bot.domain.policy import NotPermitted, Reason
from bot.usecases.advance_order import advance
from bot.usecases.desk import Desk
from bot.usecases.notices import Event, refresh_card
from bot.usecases.rejections import BadRequest, NotFound, TooLate
from store import AlreadyDecided, NoSuchOrder
from store.columns import JSON

LONGEST_REASON = 500
DIGEST_LENGTH = 12  # as much of the digest as a button carries


def order_to_decide(desk: Desk, person: Person, order_id: OrderId, seen_digest: str | None = None) -> Order:
    """The order, if this person may decide on it now.

    `seen_digest` is what the card they pressed a button on was for.
    Raises NotFound, NotPermitted, TooLate.
    """
    order = _existing(desk, order_id)
    with desk.refusals_audited(person, "decide", order):
        desk.policy.check_decision(person, order.requester)
    _check_waiting(order)
    if seen_digest is not None and not order.digest.startswith(seen_digest):
        raise TooLate(
            "The terms of this request changed after this card was posted. "
            "Look at the current figures and decide again.",
            order,
        )
    return order


def approve_request(desk: Desk, person: Person, order_id: OrderId, seen_digest: str | None = None) -> Order:
    """Count this person's yes; with enough different people the order may be bought."""
    order = order_to_decide(desk, person, order_id, seen_digest)
    if desk.policy.vendor_forbidden(order.terms.provider):
        vendor = desk.vendor_title(order.terms.provider)
        raise TooLate(
            f"The policy lets nothing be bought from {vendor} any more, so this can only be declined.",
            order,
        )
    if any(person.goes_by(earlier.approver) for earlier in desk.store.approvals.valid(order)):
        raise _already_approved(order)
    now = desk.clock()
    approval = Approval(approver=person.id, approved=True, digest=order.digest, decided_at=now)
    try:
        with desk.transaction():
            desk.store.approvals.add(order.id, approval)
            approvers = sorted({str(a.approver) for a in desk.store.approvals.valid(order)})
            details: dict[str, JSON] = {
                "approvers": approvers,
                "needed": desk.policy.approvers.needed,
                "terms": order.digest,
            }
            if len(approvers) < desk.policy.approvers.needed:
                desk.store.audit.write(
                    actor=person.id,
                    action="approval_given",
                    order=order,
                    before=order.state,
                    after=order.state,
                    details=details,
                )
                refresh_card(desk, order)
            else:
                order = advance(
                    desk,
                    order,
                    OrderState.APPROVED,
                    actor=person.id,
                    action="approved",
                    details=details,
                    tell=Event.APPROVED,
                    next_at=now,
                    trouble=None,
                )
    except AlreadyDecided as twice:
        raise _already_approved(order) from twice
    return order


def decline_request(desk: Desk, person: Person, order_id: OrderId, reason: str) -> Order:
    """One no is enough. The reason goes to the requester and onto the card."""
    order = order_to_decide(desk, person, order_id)
    reason = reason.strip()
    if not reason:
        raise BadRequest({"reason": "Say why, in a few words: the requester is told."})
    if len(reason) > LONGEST_REASON:
        raise BadRequest({"reason": f"At most {LONGEST_REASON} characters, please: this has {len(reason)}."})
    decline = Approval(
        approver=person.id, approved=False, digest=order.digest, decided_at=desk.clock(), reason=reason
    )
    try:
        with desk.transaction():
            desk.store.approvals.add(order.id, decline)
            return advance(
                desk,
                order,
                OrderState.DECLINED,
                actor=person.id,
                action="declined",
                details={"reason": reason, "terms": order.digest},
                tell=Event.DECLINED,
                next_at=None,
                trouble=reason,
            )
    except AlreadyDecided as twice:
        raise TooLate("You have already approved this, so you can no longer decline it.", order) from twice


def withdraw_request(desk: Desk, person: Person, order_id: OrderId) -> Order:
    """The requester takes the request back while nobody has decided."""
    order = _existing(desk, order_id)
    with desk.refusals_audited(person, "withdraw", order):
        if not person.goes_by(order.requester):
            raise NotPermitted(Reason.NOT_THE_REQUESTER, "Only the person who asked can withdraw a request.")
    _check_waiting(order)
    with desk.transaction():
        return advance(
            desk,
            order,
            OrderState.WITHDRAWN,
            actor=person.id,
            action="withdrawn",
            tell=Event.WITHDRAWN,
            next_at=None,
        )


def _already_approved(order: Order) -> TooLate:
    return TooLate("You have already approved this. It needs somebody else as well.", order)


def _existing(desk: Desk, order_id: OrderId) -> Order:
    try:
        return desk.store.orders.get(order_id)
    except NoSuchOrder as unknown:
        raise NotFound("This request is not in our records.") from unknown


def _check_waiting(order: Order) -> None:
    if order.state is OrderState.WAITING:
        return
    outcome = {
        OrderState.DECLINED: "was declined",
        OrderState.WITHDRAWN: "was withdrawn by the requester",
        OrderState.EXPIRED: "expired because nobody decided in time",
    }.get(order.state, "was already approved")
    raise TooLate(f"{order.client_reference} {outcome}. Your click changed nothing.", order)
