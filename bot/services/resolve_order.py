"""Two approvers close an order whose end the bot cannot find out. Neither of them is its requester."""

from dataclasses import replace

from bot.domain.lifecycle import RESOLUTIONS, UNSPENT, Cause, OrderState
from bot.domain.orders import Order, OrderId
from bot.domain.people import Person
from bot.domain.policy import Facts, Stage
from bot.domain.problems import JSON
from bot.domain.resolutions import Resolution
from bot.services.authorize import authorize
from bot.services.context import AppContext
from bot.services.errors import BadRequest, NotFound, StaleOrder
from bot.services.notifications import OutboxKind
from bot.services.outbox_payloads import ProposalPayload
from bot.services.purchase.apply import apply, commit
from store import NoSuchOrder, Transaction

LONGEST_NOTE = 500
_LONGEST_NUMBER = 64


async def order_to_resolve(ctx: AppContext, person: Person, order_id: OrderId) -> Order:
    """The order, if this person may say now how it ended. Raises NotFound, NotPermitted, StaleOrder."""
    try:
        order = await ctx.order(order_id)
    except NoSuchOrder as error:
        raise NotFound("This order is not in our records.") from error
    await authorize(ctx, Stage.DECIDE, person, Facts.of_order(order), attempted="resolve", order=order)
    if order.state not in RESOLUTIONS:
        raise StaleOrder(
            f"{order.client_reference} is {order.state.words} now, so there is nothing left to resolve.",
            order,
        )
    return order


async def propose_resolution(
    ctx: AppContext,
    person: Person,
    order_id: OrderId,
    outcome: OrderState,
    note: str,
    vendor_order_id: str | None = None,
) -> Resolution:
    """Put it before the other approvers. It changes nothing yet, and a later proposal takes its place.

    `vendor_order_id` is the vendor's number of an order that the bot could not tell.
    """
    order = await order_to_resolve(ctx, person, order_id)
    note, number = note.strip(), (vendor_order_id or "").strip() or None
    errors = {}
    if number is not None and (wrong := await _wrong_number(ctx, order, outcome, number)):
        errors["number"] = wrong
    if outcome not in RESOLUTIONS[order.state]:
        errors["outcome"] = "It cannot have ended like this from where it is now. Choose again."
    if not note:
        errors["note"] = "Say how you know, and what the vendor answered: another approver confirms it."
    elif len(note) > LONGEST_NOTE:
        errors["note"] = f"At most {LONGEST_NOTE} characters, please: this has {len(note)}."
    if errors:
        raise BadRequest(errors)

    def propose(tx: Transaction) -> Resolution:
        proposal = tx.resolutions.propose(order.id, outcome, note, person.id, number)
        details: dict[str, JSON] = {"outcome": outcome.value, "note": note, "vendor_order_id": number}
        apply(ctx, tx, order, Cause.RESOLUTION_PROPOSED, actor=person.id, details=details)
        tx.outbox.put(
            kind=OutboxKind.PROPOSAL,
            order_id=order.id,
            payload=ProposalPayload(proposal=proposal.id).model_dump(mode="json"),
        )
        return proposal

    return await ctx.write(propose)


async def confirm_resolution(ctx: AppContext, person: Person, order_id: OrderId, proposal_id: int) -> Order:
    """Close the order as another approver proposed. Raises as above, and NotPermitted for the proposer."""
    order = await order_to_resolve(ctx, person, order_id)
    proposal = await ctx.read(lambda tx: tx.resolutions.latest(order.id))
    if proposal is None or proposal.id != proposal_id or not _holds(proposal, order):
        raise StaleOrder(
            f"Something new is known about {order.client_reference} since this was proposed. "
            "Look at the latest message about it.",
            order,
        )
    facts = replace(Facts.of_order(order), proposer=proposal.proposer)
    await authorize(ctx, Stage.DECIDE, person, facts, attempted="confirm resolution", order=order)
    return await commit(
        ctx,
        order,
        RESOLUTIONS[order.state][proposal.outcome],
        actor=person.id,
        details={
            "outcome": proposal.outcome.value,
            "note": proposal.note,
            "vendor_order_id": proposal.vendor_order_id,
            "proposer": str(proposal.proposer),
            "confirmer": str(person.id),
        },
        parameters={"note": proposal.note},
        vendor_order_id=proposal.vendor_order_id or order.vendor_order_id,
    )


async def proposal_to_show(
    ctx: AppContext, order_id: OrderId, proposal_id: int
) -> tuple[Order, Resolution | None]:
    """The order, and its proposal while that is still the one to confirm."""
    order, latest = await ctx.read(lambda tx: (tx.orders.get(order_id), tx.resolutions.latest(order_id)))
    current = latest is not None and latest.id == proposal_id and _holds(latest, order)
    return order, latest if current else None


async def _wrong_number(ctx: AppContext, order: Order, outcome: OrderState, number: str) -> str | None:
    if outcome in UNSPENT:
        return "What was not bought has no number at the vendor. Leave it out, or choose that it is paid."
    if not number.isprintable() or len(number) > _LONGEST_NUMBER:
        return "That is no order number. Copy it from the vendor's dashboard, or leave it out."
    other = await ctx.read(lambda tx: tx.purchases.by_vendor_order_id(order.terms.vendor, number))
    if other is not None and other.id != order.id:
        return f"That is {other.client_reference}, which is another order."
    return None


def _holds(proposal: Resolution, order: Order) -> bool:
    """Whether it is about what the order is now: it may have been bought since, and be unclear again."""
    return proposal.proposed_at >= order.state_since and proposal.outcome in RESOLUTIONS.get(order.state, ())
