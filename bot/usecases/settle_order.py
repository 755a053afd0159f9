"""Find out what became of a purchase whose outcome is unknown, and read on what the vendor is fulfilling."""

from dataclasses import replace

import structlog

from bot.domain.cadence import poll_gap
from bot.domain.orders import Order, OrderId, OrderState
from bot.domain.policy import BadField
from bot.providers.contract import AccessDenied, NotSent, OutcomeUnknown, ProviderError, Refused
from bot.usecases.buy_in_parts import charge_with_other_parts
from bot.usecases.desk import Desk
from bot.usecases.place_order import buy, find_order, still_approved
from bot.usecases.purchase_outcomes import leave_to_people, look_up_later, try_later, unsettled
from bot.usecases.quote_order import check_charge_limit
from bot.usecases.recognise_order import look_once, recognise_order
from bot.usecases.record_receipt import keep_receipt

log = structlog.get_logger(__name__)
_LOOK_UPS_BEFORE_ASKING_AGAIN = 2
_NOT_ASKED_AGAIN = (
    "The vendor does not list it, and it is not asked for again by itself, because {why} "
    "It is still looked up. When the vendor confirms that it never took it, close it with *Resolve…*."
)


async def settle_order(desk: Desk, order_id: OrderId) -> Order:
    """Look the order up by its reference; ask again, under the same reference, only when it is not there.

    Asking again cannot buy twice: the vendor takes a client_reference once. A look-up that fails proves
    nothing, so it never leads to asking again.
    """
    order = desk.store.orders.get(order_id)
    book, lookups = desk.provider(order.terms.provider).by_reference, order.attempts + 1
    if book is None:
        return await recognise_order(desk, order)
    try:
        receipt = await book.find(order.client_reference)
    except ProviderError as silence:
        log.warning("look_up_failed", order_id=order.id, request_id=silence.request_id, why=str(silence))
        return look_up_later(desk, order, lookups)
    if receipt is not None:
        return await keep_receipt(desk, order, receipt, codes_were_readable=False)
    if lookups < _LOOK_UPS_BEFORE_ASKING_AGAIN:
        return look_up_later(desk, order, lookups)
    return await _ask_again(desk, replace(order, attempts=lookups))


async def look_up_once(desk: Desk, order_id: OrderId) -> Order:
    """Look an unsettled order up and do nothing else. Raises ProviderError when nobody answers."""
    order = desk.store.orders.get(order_id)
    book = desk.provider(order.terms.provider).by_reference
    if book is None:
        return await look_once(desk, order)
    receipt = await book.find(order.client_reference)
    return await keep_receipt(desk, order, receipt, codes_were_readable=False) if receipt else order


async def _ask_again(desk: Desk, order: Order) -> Order:
    """Once more under the same reference, if what was approved still holds; else people decide.

    It cannot go back to the approvers: for all we know it is bought already.
    """
    provider = desk.provider(order.terms.provider)
    if not still_approved(desk, order):
        return _leave_to_people(desk, order, "too few approvals cover it now.")
    if desk.policy.vendor_forbidden(provider.name):
        return _leave_to_people(
            desk, order, f"the policy no longer lets anything be bought from {provider.title}."
        )
    try:
        quote = await provider.quote(order.terms)
        check_charge_limit(desk, charge_with_other_parts(desk, order, quote.charge))
    except BadField as over:
        return _leave_to_people(desk, order, f"the policy no longer lets an order cost that much: {over}")
    except AccessDenied:
        return look_up_later(desk, order, order.attempts)
    except Refused as refusal:
        return _leave_to_people(desk, order, f"the vendor no longer sells it so: {refusal}")
    except ProviderError:
        return look_up_later(desk, order, order.attempts)
    if quote.moved_beyond(order.charge, desk.policy.purchases.tolerance_percent):
        why = f"the charge was {order.charge} when it was approved and is {quote.charge} now."
        return _leave_to_people(desk, order, why)
    return await buy(desk, order, quote)


def _leave_to_people(desk: Desk, order: Order, why: str) -> Order:
    return leave_to_people(desk, order, _NOT_ASKED_AGAIN.format(why=why), why, action="not_asked_again")


async def follow_order(desk: Desk, order_id: OrderId) -> Order:
    """Read an order that the vendor is fulfilling, or whose codes we do not hold."""
    order = desk.store.orders.get(order_id)
    provider, known = desk.provider(order.terms.provider), order.provider_order_id
    try:
        # The vendor once answered without its id: then it has to be found otherwise.
        receipt = await (provider.fetch(known) if known else find_order(desk, order))
    except ProviderError as silence:
        log.warning("read_failed", order_id=order.id, request_id=silence.request_id, why=str(silence))
        return _read_later(desk, order)
    if receipt is None:
        return _read_later(desk, order)
    return await keep_receipt(desk, order, receipt, codes_were_readable=known is not None)


def _read_later(desk: Desk, order: Order) -> Order:
    next_at = desk.clock() + poll_gap(desk.clock() - order.state_since)
    with desk.store.transaction():
        return desk.store.orders.change(
            order.id, from_=order.state, attempts=order.attempts + 1, next_at=next_at
        )


def adopt_orphans(desk: Desk) -> int:
    """At the start nobody is buying: whatever says so was cut off, and is looked up. Returns how many."""
    orphans = desk.store.orders.in_states([OrderState.PLACING], limit=1000)
    for order in orphans:
        _adopt(desk, order, "the bot stopped while buying")
    return len(orphans)


async def adopt_orphan(desk: Desk, order_id: OrderId) -> Order:
    """The purchase failed so badly that its outcome could not be written: it is looked up as well."""
    return _adopt(desk, desk.store.orders.get(order_id), "the purchase was cut off")


def _adopt(desk: Desk, order: Order, why: str) -> Order:
    provider = desk.provider(order.terms.provider)
    if provider.by_reference is None and desk.store.snapshots.of_order(order.id) is None:
        # The account is looked at, and that is on disk, before anything is sent.
        return try_later(desk, order, NotSent("The purchase was cut off before it was sent."))
    return unsettled(desk, order, OutcomeUnknown(why), lookups=0)
