"""The requester, and nobody else, is shown the codes; each time is on record."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.lifecycle import OrderState
from bot.domain.notifications import NotificationEvent
from bot.domain.orders import Order, OrderId
from bot.domain.people import Component, Person
from bot.domain.policy import Facts, Stage
from bot.domain.vouchers import UnparsedDeliverable, Voucher
from bot.services.authorize import authorize
from bot.services.context import AppContext
from bot.services.errors import NoCodes, NotFound
from bot.services.notifications import OutboxKind
from bot.services.outbox_payloads import EventPayload, RevealPage
from store import NoSuchOrder
from store.columns import JSON

OUTBOX_DISPATCHER = Component("outbox_dispatcher")
_SEALED_CODES_STATES = frozenset({OrderState.RESOLVED, OrderState.SPLIT, OrderState.PARTIALLY_FULFILLED})
_ACTIONS = {True: "codes_shown", False: "codes_not_shown", None: "codes_maybe_shown"}


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


def request_codes(
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
    order = _order(ctx, order_id, client_reference)
    authorize(ctx, Stage.REVEAL, person, Facts.of_order(order), attempted="show codes", order=order)
    count = how_many_codes(ctx, order)
    if count == 0:
        raise NoCodes(order)
    with ctx.transaction():
        row = ctx.store.audit.write(
            actor=person.id, action="codes_requested", order=order, before=order.state, after=order.state
        )
        pages = limits.pages(count, asked=row.seq)
        for page in pages:
            ctx.store.outbox.put(
                kind=OutboxKind.CODES,
                person=order.requester,
                order_id=order.id,
                payload=page.model_dump(mode="json"),
                expires_at=ctx.clock() + limits.lifetime + len(pages) * limits.per_message,
            )
    return order


def codes_to_show(ctx: AppContext, order_id: OrderId) -> tuple[Order, list[Voucher | UnparsedDeliverable]]:
    """The order and its codes in clear, for the messages that may carry them.

    What was only ever sealed (masked, without its PIN, in an answer nobody could read) comes after them once
    two approvers have resolved the order.
    """
    order = ctx.store.orders.get(order_id)
    shown: list[Voucher | UnparsedDeliverable] = [*ctx.store.codes.of_order(order_id)]
    for each in (order, *ctx.store.orders.children_of(order_id)):
        if each.state is OrderState.RESOLVED:
            shown += ctx.store.codes.masked_of_order(each.id)
            shown += [
                UnparsedDeliverable(body.decode(errors="replace"))
                for body in ctx.store.unread.of_order(each.id)
            ]
    return order, shown


def how_many_codes(ctx: AppContext, order: Order) -> int:
    """How many things `codes_to_show` has for its requester."""
    if order.state in _SEALED_CODES_STATES:
        return len(codes_to_show(ctx, order.id)[1])
    return ctx.store.codes.count(order.id)


def record_reveal(
    ctx: AppContext, order: Order, *, shown: bool | None, reveal_page: RevealPage | None = None, why: str = ""
) -> None:
    """Audit that codes went out to the requester, could not, or (None) that nobody can tell.

    Inside a transaction.
    """
    held = how_many_codes(ctx, order)
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
    ctx.store.audit.write(
        actor=OUTBOX_DISPATCHER,
        action=_ACTIONS[shown],
        order=order,
        before=order.state,
        after=order.state,
        details=details,
    )


def abandon_reveal(ctx: AppContext, order: Order, reveal_page: RevealPage, why: str) -> None:
    """Codes stay unseen: on record for each message, told once for each time they were asked for.

    Inside a transaction.
    """
    record_reveal(ctx, order, shown=False, reveal_page=reveal_page, why=why)
    ctx.store.outbox.put(
        kind=OutboxKind.NOTIFICATION,
        person=order.requester,
        order_id=order.id,
        payload=EventPayload(event=NotificationEvent.CODES_NOT_SHOWN).model_dump(mode="json"),
        key=f"codes_not_shown:{reveal_page.asked}",
    )


def _order(ctx: AppContext, order_id: OrderId | None, client_reference: str) -> Order:
    if order_id is not None:
        try:
            return ctx.store.orders.get(order_id)
        except NoSuchOrder as error:
            raise NotFound("This order is not in our records.") from error
    order = ctx.store.orders.by_reference(client_reference.strip())
    if order is None:
        raise NotFound(f"There is no order “{client_reference.strip()[:40]}”. `/giftcard mine` lists yours.")
    return order
