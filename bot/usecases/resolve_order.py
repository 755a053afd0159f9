"""Two approvers close an order whose end the bot cannot find out. Neither of them is its requester."""

from bot.domain.orders import Order, OrderId, OrderState
from bot.domain.people import Person
from bot.domain.policy import NotPermitted, Reason
from bot.domain.resolutions import OUTCOMES, Resolution
from bot.usecases.advance_order import advance
from bot.usecases.desk import Desk
from bot.usecases.notices import Event, Kind
from bot.usecases.rejections import BadRequest, NotFound, TooLate
from store import NoSuchOrder

LONGEST_NOTE = 500
_LONGEST_NUMBER = 64


def order_to_resolve(desk: Desk, person: Person, order_id: OrderId) -> Order:
    """The order, if this person may say now how it ended. Raises NotFound, NotPermitted, TooLate."""
    try:
        order = desk.store.orders.get(order_id)
    except NoSuchOrder as unknown:
        raise NotFound("This order is not in our records.") from unknown
    with desk.refusals_audited(person, "resolve", order):
        desk.policy.check_decision(person, order.requester)
    if order.state not in OUTCOMES:
        raise TooLate(
            f"{order.client_reference} is {order.state.value.replace('_', ' ')} now, so there is nothing "
            "left to resolve.",
            order,
        )
    return order


def propose_resolution(
    desk: Desk,
    person: Person,
    order_id: OrderId,
    outcome: OrderState,
    note: str,
    provider_order_id: str | None = None,
) -> Resolution:
    """Put it before the other approvers. It changes nothing yet, and a later proposal takes its place.

    `provider_order_id` is the vendor's number of an order that the bot could not tell.
    """
    order = order_to_resolve(desk, person, order_id)
    note, number = note.strip(), (provider_order_id or "").strip() or None
    errors = {}
    if number is not None and (wrong := _wrong_number(desk, order, outcome, number)):
        errors["number"] = wrong
    if outcome not in OUTCOMES[order.state]:
        errors["outcome"] = "It cannot have ended like this from where it is now. Choose again."
    if not note:
        errors["note"] = "Say how you know, and what the vendor answered: another approver confirms it."
    elif len(note) > LONGEST_NOTE:
        errors["note"] = f"At most {LONGEST_NOTE} characters, please: this has {len(note)}."
    if errors:
        raise BadRequest(errors)
    with desk.transaction():
        proposal = desk.store.resolutions.propose(order.id, outcome, note, person.id, number)
        desk.store.audit.write(
            actor=person.id,
            action="resolution_proposed",
            order=order,
            before=order.state,
            after=order.state,
            details={"outcome": outcome.value, "note": note, "provider_order_id": number},
        )
        desk.store.outbox.put(kind=Kind.PROPOSAL, order_id=order.id, payload={"proposal": proposal.id})
    return proposal


def confirm_resolution(desk: Desk, person: Person, order_id: OrderId, proposal_id: int) -> Order:
    """Close the order as another approver proposed. Raises as above, and NotPermitted for the proposer."""
    order = order_to_resolve(desk, person, order_id)
    proposal = desk.store.resolutions.latest(order.id)
    if proposal is None or proposal.id != proposal_id or not _holds(proposal, order):
        raise TooLate(
            f"Something new is known about {order.client_reference} since this was proposed. "
            "Look at the latest message about it.",
            order,
        )
    with desk.refusals_audited(person, "confirm resolution", order):
        if person.goes_by(proposal.proposer):
            raise NotPermitted(
                Reason.SELF_APPROVAL, "You proposed this yourself, so another approver has to confirm it."
            )
    with desk.transaction():
        return advance(
            desk,
            order,
            proposal.outcome,
            actor=person.id,
            action="resolved",
            details={
                "outcome": proposal.outcome.value,
                "note": proposal.note,
                "provider_order_id": proposal.provider_order_id,
                "proposer": str(proposal.proposer),
                "confirmer": str(person.id),
            },
            tell=Event(proposal.outcome.value),
            next_at=None,
            trouble=proposal.note,
            provider_order_id=proposal.provider_order_id or order.provider_order_id,
        )


def proposal_to_show(desk: Desk, order_id: OrderId, proposal_id: int) -> tuple[Order, Resolution | None]:
    """The order, and its proposal while that is still the one to confirm."""
    order = desk.store.orders.get(order_id)
    latest = desk.store.resolutions.latest(order_id)
    current = latest is not None and latest.id == proposal_id and _holds(latest, order)
    return order, latest if current else None


def _wrong_number(desk: Desk, order: Order, outcome: OrderState, number: str) -> str | None:
    if outcome is OrderState.NOT_BOUGHT:
        return "What was not bought has no number at the vendor. Leave it out, or choose that it is paid."
    if not number.isprintable() or len(number) > _LONGEST_NUMBER:
        return "That is no order number. Copy it from the vendor's dashboard, or leave it out."
    other = desk.store.orders.by_number(order.terms.provider, number)
    if other is not None and other.id != order.id:
        return f"That is {other.client_reference}, which is another order."
    return None


def _holds(proposal: Resolution, order: Order) -> bool:
    """Whether it is about what the order is now: it may have been bought since, and be unclear again."""
    return proposal.proposed_at >= order.state_since and proposal.outcome in OUTCOMES.get(order.state, ())
