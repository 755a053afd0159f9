"""Delivers the outbox to Slack: cards, notifications, alerts, and codes, which are only shown ephemerally."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.orders import OrderId
from bot.domain.people import PersonId
from bot.services.delivery_errors import PermanentFailure
from bot.services.notifications import OutboxKind
from bot.services.order_queries import order_details_by_id
from bot.services.outbox_payloads import EventPayload, ProposalPayload, ReconciliationPayload, RevealPage
from bot.services.resolve_order import proposal_to_show
from bot.services.reveal_codes import codes_to_show
from bot.services.support_note import order_and_note
from handlers.block_kit.blocks import Message
from handlers.direct_messages import NO_UNFURL, DirectMessages
from handlers.slack_context import SlackContext
from handlers.slack_errors import error_code, translate_slack_errors
from handlers.views.approval_card import approval_card
from handlers.views.codes import codes_message
from handlers.views.escalations import escalation_message
from handlers.views.notifications import notification_message
from handlers.views.reconciliation import reconciliation_report
from handlers.views.resolutions import proposal_message

_CARD_GONE_ERRORS = {"message_not_found", "cant_update_message", "edit_window_closed"}
_POSTED_IN_APPROVALS_CHANNEL = {
    OutboxKind.CARD,
    OutboxKind.APPROVER_ALERT,
    OutboxKind.PROPOSAL,
    OutboxKind.RECONCILIATION,
}


class OutboxMessage(Protocol):
    """A row of the outbox."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def person(self) -> PersonId | None: ...
    @property
    def order_id(self) -> OrderId | None: ...
    @property
    def payload(self) -> Mapping[str, Any]: ...
    @property
    def attempts(self) -> int: ...
    @property
    def expires_at(self) -> datetime | None: ...


class CardRef(NamedTuple):
    """Where an approval card is posted. The order keeps it as `CHANNEL/TS`."""

    channel: str
    ts: str

    @classmethod
    def parse(cls, text: str) -> "CardRef":
        channel, _, ts = text.partition("/")
        return cls(channel, ts)

    def __str__(self) -> str:
        return f"{self.channel}/{self.ts}"


class OutboxDispatcher:
    """Sends each message once; the caller decides about retries. Nothing of a message is logged."""

    def __init__(self, client: AsyncWebClient, slack_ctx: SlackContext) -> None:
        self._client = client
        self._slack_ctx = slack_ctx
        self._dms = DirectMessages(client, slack_ctx.people)
        self._deliver: Mapping[OutboxKind, Callable[[OutboxMessage], Awaitable[str | None]]] = {
            OutboxKind.CARD: self._card,
            OutboxKind.NOTIFICATION: self._notification,
            OutboxKind.APPROVER_ALERT: self._escalation,
            OutboxKind.PROPOSAL: self._proposal,
            OutboxKind.RECONCILIATION: self._reconciliation,
            OutboxKind.CODES: self._codes,
        }

    async def deliver(self, row: OutboxMessage) -> str | None:
        """Send what the row asks for. For a card, return the reference to keep with the order.

        Raises RetryLater, PermanentFailure.
        """
        kind = OutboxKind(row.kind)
        with translate_slack_errors(our_channel=kind in _POSTED_IN_APPROVALS_CHANNEL):
            return await self._deliver[kind](row)

    async def _card(self, row: OutboxMessage) -> str | None:
        details = await order_details_by_id(self._slack_ctx.ctx, _order_id(row))
        card = self._payload(approval_card(details))
        if details.order.card_ref:
            posted = CardRef.parse(details.order.card_ref)
            try:
                await self._client.chat_update(channel=posted.channel, ts=posted.ts, **card)
            except SlackApiError as error:
                if not self._card_is_gone(posted.channel, error_code(error)):
                    raise
            else:
                return str(posted)
        answer = await self._client.chat_postMessage(
            channel=self._slack_ctx.approvals_channel, **card, **NO_UNFURL
        )
        channel, ts = answer.get("channel") or self._slack_ctx.approvals_channel, answer.get("ts")
        return str(CardRef(str(channel), str(ts))) if ts else None

    async def _notification(self, row: OutboxMessage) -> None:
        details = await order_details_by_id(self._slack_ctx.ctx, _order_id(row))
        event = EventPayload.model_validate(row.payload).event
        await self._dms.post(_person(row), self._payload(notification_message(details, event)))

    async def _escalation(self, row: OutboxMessage) -> None:
        ctx = self._slack_ctx.ctx
        order, note = await order_and_note(ctx, _order_id(row))
        vendor = ctx.vendor_title(order.terms.vendor)
        event = EventPayload.model_validate(row.payload).event
        await self._to_approvers(escalation_message(order, event, note, vendor))

    async def _proposal(self, row: OutboxMessage) -> None:
        proposal_id = ProposalPayload.model_validate(row.payload).proposal
        order, proposal = await proposal_to_show(self._slack_ctx.ctx, _order_id(row), proposal_id)
        if proposal is None:
            raise PermanentFailure("something else happened to the order meanwhile")
        await self._to_approvers(proposal_message(order, proposal))

    async def _reconciliation(self, row: OutboxMessage) -> None:
        await self._to_approvers(reconciliation_report(ReconciliationPayload.model_validate(row.payload)))

    async def _to_approvers(self, message: Message) -> None:
        payload = self._payload(message)
        await self._client.chat_postMessage(channel=self._slack_ctx.approvals_channel, **payload, **NO_UNFURL)

    async def _codes(self, row: OutboxMessage) -> None:
        order_id = _order_id(row)
        order, vouchers = await self._slack_ctx.ctx.read(lambda tx: codes_to_show(tx, order_id))
        person = _person(row)
        if person != order.requester:
            raise PermanentFailure("codes were asked for somebody who is not the requester")
        message = codes_message(order, vouchers, RevealPage.model_validate(row.payload))
        await self._dms.show(person, self._payload(message))

    def _card_is_gone(self, channel: str, error: str) -> bool:
        moved = channel != self._slack_ctx.approvals_channel
        return error in _CARD_GONE_ERRORS or (moved and error == "channel_not_found")

    def _payload(self, message: Message) -> dict[str, Any]:
        return message.payload(self._slack_ctx.ctx.environment)


def _order_id(row: OutboxMessage) -> OrderId:
    if row.order_id is None:
        raise PermanentFailure("the row names no order")
    return row.order_id


def _person(row: OutboxMessage) -> PersonId:
    if row.person is None:
        raise PermanentFailure("the row names nobody")
    return row.person
