"""Who is told what: rows for the outbox, written in the transaction that caused them. No codes in any."""

from enum import StrEnum

from bot.domain.lifecycle import OrderState
from bot.domain.notifications import NotificationEvent
from bot.domain.orders import Order
from bot.services.context import AppContext
from bot.services.outbox_payloads import EventPayload


class OutboxKind(StrEnum):
    """What an outbox row asks for."""

    CARD = "card"  # post the approval card, or bring the posted one up to date
    NOTIFICATION = "notification"  # tell the requester: EventPayload
    APPROVER_ALERT = "approver_alert"  # tell the approvers that a person must act: EventPayload
    PROPOSAL = "proposal"  # ask the approvers to confirm how an order ended: ProposalPayload
    RECONCILIATION = "reconciliation"  # tell the approvers what does not fit: ReconciliationPayload
    CODES = "codes"  # show codes to the requester alone, in nothing that stays: RevealPage


# A requester asked for the whole: of a part they hear what concerns them, by its own reference.
_TOLD_OF_PARTS = frozenset(
    {NotificationEvent.PRICE_MOVED, NotificationEvent.CODES_UNAVAILABLE, NotificationEvent.RESOLVED}
)


def refresh_card(ctx: AppContext, order: Order) -> None:
    """The card shows the order as it is when the row is sent, so the latest row wins.

    A part is shown on the card of the whole, and on one of its own once it has to be decided by itself.
    """
    if order.parent_id is None or order.state is OrderState.PENDING_APPROVAL or order.card_ts is not None:
        ctx.store.outbox.put(kind=OutboxKind.CARD, order_id=order.id)
    if order.parent_id is not None:
        ctx.store.outbox.put(kind=OutboxKind.CARD, order_id=order.parent_id)


def tell_requester(ctx: AppContext, order: Order, event: NotificationEvent) -> None:
    if order.parent_id is not None and event not in _TOLD_OF_PARTS:
        return
    ctx.store.outbox.put(
        kind=OutboxKind.NOTIFICATION,
        person=order.requester,
        order_id=order.id,
        payload=EventPayload(event=event).model_dump(mode="json"),
    )


def alert_approvers(ctx: AppContext, order: Order, event: NotificationEvent) -> None:
    ctx.store.outbox.put(
        kind=OutboxKind.APPROVER_ALERT,
        order_id=order.id,
        payload=EventPayload(event=event).model_dump(mode="json"),
    )
