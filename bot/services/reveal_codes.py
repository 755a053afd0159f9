"""The requester, and nobody else, is shown the codes; each time is on record."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.audit_actions import AuditAction
from bot.domain.lifecycle import OrderState
from bot.domain.lines import Deliverable, UnparsedDeliverable
from bot.domain.notifications import NotificationEvent
from bot.domain.orders import Order, OrderId
from bot.domain.people import Component, Person
from bot.domain.policy import Facts, Stage
from bot.services.authorize import authorize
from bot.services.context import AppContext
from bot.services.errors import NoCodes, NotFound
from bot.services.notifications import OutboxKind
from bot.services.outbox_payloads import EventPayload, RevealPage
from store import NoSuchOrder, Transaction
from store.columns import JSON

OUTBOX_DISPATCHER = Component("outbox_dispatcher")
_ACTIONS = {
    True: AuditAction.CODES_SHOWN,
    False: AuditAction.CODES_NOT_SHOWN,
    None: AuditAction.CODES_MAYBE_SHOWN,
}


@dataclass(frozen=True, slots=True)
class RevealLimits:
    """What messages with codes can do where they are shown; `codes_per_message` None: they show all at once.

    `lifetime` is how long whoever asked still looks; `per_message` is what each message adds to that.
    """

    codes_per_message: int | None = None
    lifetime: timedelta = timedelta(minutes=1)
    per_message: timedelta = timedelta()

    def pages(self, count: int, *, asked: int) -> list[RevealPage]:
        size = self.codes_per_message or count
        return [
            RevealPage(first=first, last=min(first + size - 1, count), asked=asked)
            for first in range(1, count + 1, size)
        ]


_ALL_AT_ONCE = RevealLimits()


async def request_codes(
    ctx: AppContext,
    person: Person,
    order_id: OrderId | None,
    client_reference: str = "",
    *,
    limits: RevealLimits = _ALL_AT_ONCE,
) -> Order:
    """Have the codes shown to the requester alone. The outbox rows that ask for it hold none.

    One row for each message, so that each is tried again, given up and put on record for itself.
    Raises NotPermitted, NotFound, NoCodes.
    """
    order = await _order(ctx, order_id, client_reference)
    await authorize(ctx, Stage.REVEAL, person, Facts.of_order(order), attempted="show codes", order=order)
    await ctx.write(lambda tx: _request(tx, person, order, limits, ctx.clock()))
    return order


def _request(tx: Transaction, person: Person, order: Order, limits: RevealLimits, now: datetime) -> None:
    count = how_many_codes(tx, order)
    if count == 0:
        raise NoCodes(order)
    row = tx.audit.write(
        actor=person.id,
        action=AuditAction.CODES_REQUESTED,
        order=order,
        before=order.state,
        after=order.state,
    )
    pages = limits.pages(count, asked=row.seq)
    for page in pages:
        tx.outbox.put(
            kind=OutboxKind.CODES,
            person=order.requester,
            order_id=order.id,
            payload=page.model_dump(mode="json"),
            expires_at=now + limits.lifetime + len(pages) * limits.per_message,
        )


def codes_to_show(
    tx: Transaction, order_id: OrderId
) -> tuple[Order, list[Deliverable | UnparsedDeliverable]]:
    """The order and its codes in clear, for the messages that may carry them.

    What was only ever sealed (masked, without its PIN, in an answer nobody could read) comes after them once
    two approvers have resolved the order.
    """
    order = tx.orders.get(order_id)
    shown: list[Deliverable | UnparsedDeliverable] = [*tx.codes.of_order(order_id)]
    for each in _resolved(tx, order):
        shown += tx.codes.masked_of_order(each.id)
        shown += [
            UnparsedDeliverable(body.decode(errors="replace"))
            for body in tx.unparsed_responses.of_order(each.id)
        ]
    return order, shown


def how_many_codes(tx: Transaction, order: Order) -> int:
    """How many things `codes_to_show` has for its requester."""
    return len(codes_to_show(tx, order.id)[1]) if _resolved(tx, order) else tx.codes.count(order.id)


def _resolved(tx: Transaction, order: Order) -> list[Order]:
    """Of the order and its children, those that two approvers closed as paid."""
    return [each for each in (order, *tx.orders.children_of(order.id)) if each.state is OrderState.RESOLVED]


def record_reveal(
    tx: Transaction, order: Order, *, shown: bool | None, reveal_page: RevealPage | None = None, why: str = ""
) -> None:
    """Audit that codes went out to the requester, could not, or (None) that nobody can tell."""
    held = how_many_codes(tx, order)
    reveal_page = reveal_page or RevealPage(first=1, last=held, asked=0)
    details: dict[str, JSON] = {
        "to": str(order.requester),
        "cards": reveal_page.last - reveal_page.first + 1,
        "first": reveal_page.first,
        "last": reveal_page.last,
        "of": held,
    }
    if why:
        details["why"] = why
    if shown:
        tx.orders.record_codes_shown(order.id)
    tx.audit.write(
        actor=OUTBOX_DISPATCHER,
        action=_ACTIONS[shown],
        order=order,
        before=order.state,
        after=order.state,
        details=details,
    )


def abandon_reveal(tx: Transaction, order: Order, reveal_page: RevealPage, why: str) -> None:
    """Codes stay unseen: on record for each message, told once for each time they were asked for."""
    record_reveal(tx, order, shown=False, reveal_page=reveal_page, why=why)
    tx.outbox.put(
        kind=OutboxKind.NOTIFICATION,
        person=order.requester,
        order_id=order.id,
        payload=EventPayload(event=NotificationEvent.CODES_NOT_SHOWN).model_dump(mode="json"),
        key=f"codes_not_shown:{reveal_page.asked}",
    )


async def _order(ctx: AppContext, order_id: OrderId | None, client_reference: str) -> Order:
    if order_id is not None:
        try:
            return await ctx.order(order_id)
        except NoSuchOrder as error:
            raise NotFound("This order is not in our records.") from error
    order = await ctx.read(lambda tx: tx.orders.by_reference(client_reference.strip()))
    if order is None:
        raise NotFound(f"There is no order “{client_reference.strip()[:40]}”. `/giftcard mine` lists yours.")
    return order
