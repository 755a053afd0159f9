"""Buy an approved order, once. A crash on any line leaves a state that says what is known."""

import asyncio
from datetime import timedelta

from bot.domain.orders import Order, OrderId, OrderState
from bot.domain.policy import BadField
from bot.domain.quotes import Quote
from bot.providers.contract import AccessDenied, NotSent, OutcomeUnknown, ProviderError, Refused
from bot.usecases.desk import Desk
from bot.usecases.notices import refresh_card
from bot.usecases.purchase_outcomes import (
    PURCHASER,
    back_to_approvers,
    over_limit,
    price_moved,
    refused,
    try_later,
    unsettled,
)
from bot.usecases.quote_order import check_charge_limit
from bot.usecases.record_receipt import keep_receipt, purchase_of

_SURELY_CUT_OFF_AFTER = timedelta(minutes=5)  # longer than log-in, waiting our turn and buying can take
_LOOK_UPS_BEFORE_A_NO_IS_BELIEVED = 6  # after an unknown outcome: two minutes of finding nothing


async def place_order(desk: Desk, order_id: OrderId) -> Order:
    """Check the approval and the price once more, write the intent down, and buy."""
    order = desk.store.orders.get(order_id)
    if not still_approved(desk, order):
        return back_to_approvers(desk, order, "approval_no_longer_covers_it", {})
    try:
        quote = await desk.provider(order.terms.provider).quote(order.terms)
    except AccessDenied as denial:
        return try_later(desk, order, denial)
    except Refused as refusal:
        return refused(desk, order, refusal)
    except ProviderError as silence:
        return try_later(desk, order, silence)
    try:
        check_charge_limit(desk, quote.charge)
    except BadField as over:
        return over_limit(desk, order, quote, str(over))
    if quote.moved_beyond(order.charge, desk.policy.purchases.tolerance_percent):
        return price_moved(desk, order, quote)
    return await buy(desk, order, quote)


def still_approved(desk: Desk, order: Order) -> bool:
    """True when enough people approved exactly these terms."""
    return len(desk.store.approvals.valid(order)) >= desk.policy.approvers.needed


async def buy(desk: Desk, order: Order, quote: Quote) -> Order:
    """The one place from which money moves: from APPROVED, or from UNSETTLED under the same reference.

    `quote` is the one just asked for; what it says is what the wallet's statement is compared with later.
    """
    before = order.state
    lookups = order.attempts if before is OrderState.UNSETTLED else 0
    with desk.transaction():
        order = desk.store.orders.move(
            order.id,
            OrderState.PLACING,
            from_=before,
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
        refresh_card(desk, order)

    # The intent is on disk, and no transaction waits on the network.
    try:
        receipt = await desk.provider(order.terms.provider).place(purchase_of(order))
    except (NotSent, AccessDenied) as failure:
        if before is OrderState.UNSETTLED:
            return unsettled(desk, order, failure, lookups=lookups + 1)
        return try_later(desk, order, failure)
    except Refused as refusal:
        return await _refused_or_there_already(desk, order, refusal, before=before, lookups=lookups)
    except OutcomeUnknown as unknown:
        return unsettled(desk, order, unknown, lookups=lookups)
    except asyncio.CancelledError:
        unsettled(desk, order, OutcomeUnknown("the bot was stopped while buying"), lookups=lookups)
        raise
    return await keep_receipt(desk, order, receipt, codes_were_readable=False)


async def _refused_or_there_already(
    desk: Desk, order: Order, refusal: Refused, *, before: OrderState, lookups: int
) -> Order:
    """A refusal may mean that an earlier attempt under this reference landed: look before believing it."""
    if refusal.in_doubt or before is OrderState.UNSETTLED:
        try:
            receipt = await desk.provider(order.terms.provider).find(order.client_reference)
        except ProviderError as silence:
            return unsettled(desk, order, silence, lookups=lookups)
        if receipt is not None:
            return await keep_receipt(desk, order, receipt, codes_were_readable=False)
        if before is OrderState.UNSETTLED and lookups < _LOOK_UPS_BEFORE_A_NO_IS_BELIEVED:
            return unsettled(desk, order, refusal, lookups=lookups + 1)
    return refused(desk, order, refusal)
