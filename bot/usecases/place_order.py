"""Buy an approved order, once. A crash on any line leaves a state that says what is known."""

import asyncio
from datetime import timedelta

from bot.domain.orders import Order, OrderId, OrderState
from bot.domain.policy import BadField
from bot.domain.quotes import Quote
from bot.providers.contract import AccessDenied, NotSent, OutcomeUnknown, ProviderError, Receipt, Refused
from bot.usecases.advance_order import advance
from bot.usecases.buy_in_parts import buy_in_parts, charge_with_other_parts
from bot.usecases.desk import Desk
from bot.usecases.purchase_outcomes import (
    PURCHASER,
    back_to_approvers,
    forbidden_by_policy,
    over_limit,
    price_moved,
    refused,
    try_later,
    unsettled,
    wait_for_turn,
)
from bot.usecases.quote_order import check_charge_limit
from bot.usecases.recognise_order import AccountDoesNotTell, find_by_account, look_before_buying
from bot.usecases.record_receipt import keep_receipt, purchase_of

_SURELY_CUT_OFF_AFTER = timedelta(minutes=5)  # longer than log-in, waiting our turn and buying can take
_LOOK_UPS_BEFORE_A_NO_IS_BELIEVED = 6  # after an unknown outcome
_BEFORE_A_NO_IS_BELIEVED = timedelta(minutes=2)


async def place_order(desk: Desk, order_id: OrderId) -> Order:
    """Check the approval and the price once more, write the intent down, and buy."""
    order = desk.store.orders.get(order_id)
    provider = desk.provider(order.terms.provider)
    if not still_approved(desk, order):
        return back_to_approvers(desk, order, "approval_no_longer_covers_it", {})
    if desk.policy.vendor_forbidden(provider.name):
        return forbidden_by_policy(desk, order, provider.title)
    largest = provider.largest_order
    in_parts = largest is not None and order.terms.quantity > largest
    if not in_parts and (ahead := _ahead_of(desk, order)):
        return wait_for_turn(desk, order, ahead)
    try:
        quote = await provider.quote(order.terms)
    except AccessDenied as denial:
        return try_later(desk, order, denial)
    except Refused as refusal:
        return refused(desk, order, refusal)
    except ProviderError as silence:
        return try_later(desk, order, silence)
    try:
        check_charge_limit(desk, charge_with_other_parts(desk, order, quote.charge))
    except BadField as over:
        return over_limit(desk, order, quote, str(over))
    if quote.moved_beyond(order.charge, desk.policy.purchases.tolerance_percent):
        return price_moved(desk, order, quote)
    if largest is not None and in_parts:
        return buy_in_parts(desk, order, largest)
    return await buy(desk, order, quote)


def still_approved(desk: Desk, order: Order) -> bool:
    """True when enough people approved exactly these terms."""
    return len(desk.store.approvals.valid(order)) >= desk.policy.approvers.needed


async def buy(desk: Desk, order: Order, quote: Quote) -> Order:
    """The one place from which money moves: from APPROVED, or from UNSETTLED under the same reference.

    `quote` is the one just asked for; what it says is what the wallet's statement is compared with later.
    """
    before, provider = order.state, desk.provider(order.terms.provider)
    lookups = order.attempts if before is OrderState.UNSETTLED else 0
    is_first = desk.store.snapshots.of_order(order.id) is None
    # Asked here, with no await before the commit: two orders never both find nobody ahead.
    if ahead := _ahead_of(desk, order):
        return wait_for_turn(desk, order, ahead)
    with desk.transaction():
        order = advance(
            desk,
            order,
            OrderState.PLACING,
            actor=PURCHASER,
            action="purchase_intended",
            details={
                "approvers": sorted(str(a.approver) for a in desk.store.approvals.valid(order)),
                "charge": str(order.charge),
                "quoted": str(quote.charge),
                "face_value": str(order.face_value),
                "terms": order.digest,
            },
            attempts=order.attempts,
            next_at=desk.clock() + _SURELY_CUT_OFF_AFTER,
            expected_net=quote.face_value - quote.discount,
            expected_debit=quote.charge,
        )

    # The intent is on disk, and no transaction waits on the network.
    if provider.by_reference is None:
        try:
            landed = await look_before_buying(desk, order)
        except AccountDoesNotTell as unclear:
            return unsettled(desk, order, unclear, lookups=0)
        except ProviderError as silence:
            return try_later(desk, order, silence)
        if landed is not None:
            return await keep_receipt(desk, order, landed, codes_were_readable=True)
    try:
        receipt = await provider.place(purchase_of(order))
    except (NotSent, AccessDenied) as failure:
        if before is OrderState.UNSETTLED:
            return unsettled(desk, order, failure, lookups=lookups + 1)
        if is_first:  # else an earlier attempt may still land, and is told by the account as it was then
            with desk.transaction():
                desk.store.snapshots.forget(order.id)
        return try_later(desk, order, failure)
    except Refused as refusal:
        return await _refused_or_there_already(desk, order, refusal, before=before, lookups=lookups)
    except OutcomeUnknown as unknown:
        return unsettled(desk, order, unknown, lookups=lookups)
    except asyncio.CancelledError:
        unsettled(desk, order, OutcomeUnknown("the bot was stopped while buying"), lookups=lookups)
        raise
    return await keep_receipt(desk, order, receipt, codes_were_readable=False)


def _ahead_of(desk: Desk, order: Order) -> Order | None:
    """The purchase that has to be over first, with a vendor that takes no reference to tell them apart by."""
    provider = desk.provider(order.terms.provider)
    return None if provider.by_reference else desk.store.orders.under_way(provider.name, besides=order.id)


async def find_order(desk: Desk, order: Order, *, said_no: bool = False) -> Receipt | None:
    """By our reference, or by what the account shows where the vendor takes none. Raises ProviderError."""
    book = desk.provider(order.terms.provider).by_reference
    if book is None:
        return await find_by_account(desk, order, said_no=said_no)
    return await book.find(order.client_reference)


async def _refused_or_there_already(
    desk: Desk, order: Order, refusal: Refused, *, before: OrderState, lookups: int
) -> Order:
    """A refusal may mean that an earlier attempt under this reference landed: look before believing it."""
    if refusal.in_doubt or before is OrderState.UNSETTLED:
        try:
            receipt = await find_order(desk, order, said_no=True)
        except ProviderError as silence:
            return unsettled(desk, order, silence, lookups=lookups)
        if receipt is not None:
            return await keep_receipt(desk, order, receipt, codes_were_readable=False)
        if before is OrderState.UNSETTLED and not _no_is_believed(desk, order, lookups):
            return unsettled(desk, order, refusal, lookups=lookups + 1, action="no_not_believed_yet")
    return refused(desk, order, refusal)


def _no_is_believed(desk: Desk, order: Order, lookups: int) -> bool:
    """Looks can be brought forward and clocks set, so both have to have passed since the last lost answer."""
    lost = [row.at for row in desk.store.audit.rows(order_id=order.id) if row.action == "outcome_unknown"]
    waited = desk.clock() - max(lost, default=order.requested_at)
    return lookups >= _LOOK_UPS_BEFORE_A_NO_IS_BELIEVED and waited >= _BEFORE_A_NO_IS_BELIEVED
