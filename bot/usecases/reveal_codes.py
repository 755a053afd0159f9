"""The requester, and nobody else, is shown the codes; each time is on record."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta

from bot.domain.orders import Order, OrderId, OrderState
from bot.domain.people import Component, Person
from bot.domain.policy import NotPermitted, Reason
from bot.domain.vouchers import RawAnswer, Voucher
from bot.usecases.desk import Desk
from bot.usecases.notices import Event, Kind
from bot.usecases.rejections import NoCodes, NotFound
from store import NoSuchOrder
from store.columns import JSON

MESSENGER = Component("messenger")
CARDS_PER_MESSAGE = 8
_SHOW_WITHIN = timedelta(minutes=1)  # later the person has gone, and an ephemeral message would reach nobody
_PER_MESSAGE = timedelta(seconds=2)  # Slack takes about one a second
_MAY_HOLD_SEALED = frozenset({OrderState.RESOLVED, OrderState.IN_PARTS, OrderState.DELIVERED_SHORT})
_BEING_BOUGHT = frozenset(
    {
        OrderState.APPROVED,
        OrderState.IN_PARTS,
        OrderState.PLACING,
        OrderState.UNSETTLED,
        OrderState.PLACED,
    }
)
_ACTIONS = {True: "codes_shown", False: "codes_not_shown", None: "codes_perhaps_shown"}


@dataclass(frozen=True, slots=True)
class Showing:
    """What one message shows: the cards from `first` to `last`, counted from 1. `asked` is the audit row of
    the request that several messages may be answering."""

    first: int
    last: int
    asked: int

    @classmethod
    def of(cls, payload: Mapping[str, JSON]) -> "Showing":
        """As the outbox row holds it; a row of an older version asked for everything at once."""
        every = {"first": 1, "last": CARDS_PER_MESSAGE, "asked": 0} | dict(payload)
        first, last, asked = (int(str(every[name])) for name in ("first", "last", "asked"))
        return cls(first, last, asked)


def ask_for_codes(desk: Desk, person: Person, order_id: OrderId | None, client_reference: str = "") -> Order:
    """Have the codes shown in the requester's DM. The outbox rows that ask for it hold none.

    One row for each message, so that each is tried again, given up and put on record for itself.
    Raises NotPermitted, NotFound, NoCodes.
    """
    order = _order(desk, order_id, client_reference)
    with desk.refusals_audited(person, "show codes", order):
        desk.policy.check_request(person)
        if not person.goes_by(order.requester):
            raise NotPermitted(
                Reason.NOT_THE_REQUESTER,
                "Codes are shown only to the person who asked for the cards, whatever your role.",
            )
    count = how_many_codes(desk, order)
    if count == 0:
        raise NoCodes(_why_none(order))
    with desk.transaction():
        row = desk.store.audit.write(
            actor=person.id, action="codes_requested", order=order, before=order.state, after=order.state
        )
        firsts = range(1, count + 1, CARDS_PER_MESSAGE)
        for first in firsts:
            showing = Showing(first, min(first + CARDS_PER_MESSAGE - 1, count), row.seq)
            desk.store.outbox.put(
                kind=Kind.CODES,
                person=order.requester,
                order_id=order.id,
                payload=asdict(showing),
                expires_at=desk.clock() + _SHOW_WITHIN + len(firsts) * _PER_MESSAGE,
            )
    return order


def codes_to_show(desk: Desk, order_id: OrderId) -> tuple[Order, list[Voucher | RawAnswer]]:
    """The order and its codes in clear, for the messages that may carry them.

    What was only ever sealed (masked, without its PIN, in an answer nobody could read) comes after them once
    two approvers have resolved the order.
    """
    order = desk.store.orders.get(order_id)
    shown: list[Voucher | RawAnswer] = [*desk.store.codes.of_order(order_id)]
    for each in (order, *desk.store.orders.parts_of(order_id)):
        if each.state is OrderState.RESOLVED:
            shown += desk.store.codes.masked_of_order(each.id)
            shown += [
                RawAnswer(body.decode(errors="replace")) for body in desk.store.unread.of_order(each.id)
            ]
    return order, shown


def how_many_codes(desk: Desk, order: Order) -> int:
    """How many things `codes_to_show` has for its requester."""
    if order.state in _MAY_HOLD_SEALED:
        return len(codes_to_show(desk, order.id)[1])
    return desk.store.codes.count(order.id)


def record_reveal(
    desk: Desk, order: Order, *, shown: bool | None, showing: Showing | None = None, why: str = ""
) -> None:
    """Audit that codes went out to the requester, could not, or (None) that Slack did not say.

    Inside a transaction.
    """
    held = how_many_codes(desk, order)
    showing = showing or Showing(1, held, asked=0)
    details: dict[str, JSON] = {
        "to": str(order.requester),
        "cards": showing.last - showing.first + 1,
        "first": showing.first,
        "last": showing.last,
        "of": held,
    }
    if why:
        details["why"] = why
    desk.store.audit.write(
        actor=MESSENGER,
        action=_ACTIONS[shown],
        order=order,
        before=order.state,
        after=order.state,
        details=details,
    )


def give_up_showing(desk: Desk, order: Order, showing: Showing, why: str) -> None:
    """Codes stay unseen: on record for each message, told once for each time they were asked for.

    Inside a transaction.
    """
    record_reveal(desk, order, shown=False, showing=showing, why=why)
    desk.store.outbox.put(
        kind=Kind.NOTICE,
        person=order.requester,
        order_id=order.id,
        payload={"event": Event.CODES_NOT_SHOWN.value},
        key=f"codes_not_shown:{showing.asked}",
    )


def _order(desk: Desk, order_id: OrderId | None, client_reference: str) -> Order:
    if order_id is not None:
        try:
            return desk.store.orders.get(order_id)
        except NoSuchOrder as unknown:
            raise NotFound("This order is not in our records.") from unknown
    order = desk.store.orders.by_reference(client_reference.strip())
    if order is None:
        raise NotFound(f"There is no order “{client_reference.strip()[:40]}”. `/giftcard mine` lists yours.")
    return order


def _why_none(order: Order) -> str:
    reference = order.client_reference
    if order.state is OrderState.WAITING:
        return f"{reference} still waits for approval, so there are no codes yet."
    if order.state is OrderState.CODES_MISSING:
        return f"{reference} is paid, but the vendor shows us no readable codes. The approvers channel knows."
    if order.state is OrderState.RESOLVED:
        return f"{reference} was closed by two approvers. `/giftcard status {reference}` shows their note."
    if order.state is OrderState.DELIVERED_SHORT:
        return f"{reference} ended without codes. `/giftcard status {reference}` says why, part by part."
    if order.state in _BEING_BOUGHT:
        return f"{reference} is being bought. You get a message here the moment its codes arrive."
    return f"{reference} was not bought, so there are no codes."
