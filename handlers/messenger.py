"""Delivers what the outbox holds: cards, notices, alarms, and codes, which are shown and never kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.orders import OrderId
from bot.domain.people import PersonId
from bot.usecases.deliveries import Hopeless
from bot.usecases.look_up_orders import order_file_by_id
from bot.usecases.notices import Event, Kind
from bot.usecases.resolve_order import proposal_to_show
from bot.usecases.reveal_codes import Showing, codes_to_show
from bot.usecases.support_note import order_and_note
from handlers.delivery import delivery_failures, error_word
from handlers.front import Front
from handlers.views.alarms import alarm
from handlers.views.blocks import Message
from handlers.views.cards import approval_card
from handlers.views.codes import code_message
from handlers.views.matches import match_report
from handlers.views.notices import notice
from handlers.views.resolutions import proposal_message

_CARD_GONE = {"message_not_found", "cant_update_message", "edit_window_closed"}
_UNKNOWN_PERSON = {"user_not_found", "users_not_found", "user_not_visible"}
_TO_OUR_CHANNEL = {Kind.CARD, Kind.ALARM, Kind.PROPOSAL, Kind.MATCH}
_SILENT: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}


class OutboxRow(Protocol):
    """One thing to tell, as the outbox holds it."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def channel(self) -> str | None: ...
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


@dataclass(frozen=True, slots=True)
class _Direct:
    """Our DM with somebody, and the id Slack takes for them in it."""

    channel: str
    user_id: str


class Messenger:
    """Tries once; whoever calls decides when to try again. Nothing of a message is logged."""

    def __init__(self, client: AsyncWebClient, front: Front) -> None:
        self._client = client
        self._front = front
        self._direct: dict[PersonId, _Direct] = {}
        self._deliver = {
            Kind.CARD: self._card,
            Kind.NOTICE: self._notice,
            Kind.ALARM: self._alarm,
            Kind.PROPOSAL: self._proposal,
            Kind.MATCH: self._match,
            Kind.CODES: self._codes,
        }

    async def deliver(self, row: OutboxRow) -> Mapping[str, str]:
        """Send what the row asks for. For a card: `card_channel` and `card_ts`, to be kept with the order.

        Raises Later, Hopeless.
        """
        kind = Kind(row.kind)
        with delivery_failures(our_channel=kind in _TO_OUR_CHANNEL):
            return await self._deliver[kind](row)

    async def _card(self, row: OutboxRow) -> Mapping[str, str]:
        file = order_file_by_id(self._front.desk, _order_id(row))
        card = self._payload(approval_card(file))
        order = file.order
        if order.card_ts and order.card_channel:
            try:
                await self._client.chat_update(channel=order.card_channel, ts=order.card_ts, **card)
            except SlackApiError as refusal:
                if not self._card_is_gone(order.card_channel, error_word(refusal)):
                    raise
            else:
                return {"card_channel": order.card_channel, "card_ts": order.card_ts}
        posted = await self._client.chat_postMessage(channel=self._front.approvals_channel, **card, **_SILENT)
        return {
            "card_channel": str(posted.get("channel") or self._front.approvals_channel),
            "card_ts": str(posted.get("ts") or ""),
        }

    async def _notice(self, row: OutboxRow) -> Mapping[str, str]:
        file = order_file_by_id(self._front.desk, _order_id(row))
        await self._directly(_person(row), notice(file, Event(row.payload["event"])))
        return {}

    async def _alarm(self, row: OutboxRow) -> Mapping[str, str]:
        desk = self._front.desk
        order, note = order_and_note(desk, _order_id(row))
        vendor = desk.vendor_title(order.terms.provider)
        return await self._to_approvers(alarm(order, Event(row.payload["event"]), note, vendor))

    async def _proposal(self, row: OutboxRow) -> Mapping[str, str]:
        order, proposal = proposal_to_show(self._front.desk, _order_id(row), int(row.payload["proposal"]))
        if proposal is None:
            raise Hopeless("something else happened to the order meanwhile")
        return await self._to_approvers(proposal_message(order, proposal))

    async def _match(self, row: OutboxRow) -> Mapping[str, str]:
        return await self._to_approvers(match_report(**row.payload))

    async def _to_approvers(self, message: Message) -> Mapping[str, str]:
        payload = self._payload(message)
        await self._client.chat_postMessage(channel=self._front.approvals_channel, **payload, **_SILENT)
        return {}

    async def _codes(self, row: OutboxRow) -> Mapping[str, str]:
        order, vouchers = codes_to_show(self._front.desk, _order_id(row))
        person = _person(row)
        if person != order.requester:
            raise Hopeless("codes were asked for somebody who is not the requester")
        message = code_message(order, vouchers, Showing.of(row.payload))
        await self._directly(person, message, ephemeral=True)
        return {}

    async def _directly(self, person: PersonId, message: Message, *, ephemeral: bool = False) -> None:
        """Send into our DM with this person. A DM that is no longer there is opened anew, once."""
        known = self._direct.get(person)
        direct = known or await self._open(person)
        try:
            await self._send(direct, message, ephemeral=ephemeral)
        except SlackApiError as refusal:
            if known is None or error_word(refusal) != "channel_not_found":
                raise
            self._direct.pop(person, None)
            await self._send(await self._open(person), message, ephemeral=ephemeral)

    async def _send(self, direct: _Direct, message: Message, *, ephemeral: bool) -> None:
        payload = self._payload(message)
        if ephemeral:
            await self._client.chat_postEphemeral(channel=direct.channel, user=direct.user_id, **payload)
        else:
            await self._client.chat_postMessage(channel=direct.channel, **payload, **_SILENT)

    async def _open(self, person: PersonId) -> _Direct:
        user_id = person.user_id
        try:
            opened = await self._client.conversations_open(users=user_id)
        except SlackApiError as refusal:
            # Where ids are those of an organisation, a workspace may know its people by its own ones only.
            if error_word(refusal) not in _UNKNOWN_PERSON:
                raise
            user_id = await self._front.people.local_id(person.user_id)
            if user_id == person.user_id:
                raise
            opened = await self._client.conversations_open(users=user_id)
        direct = self._direct[person] = _Direct(str(opened["channel"]["id"]), user_id)
        return direct

    def _card_is_gone(self, channel: str, error: str) -> bool:
        moved = channel != self._front.approvals_channel
        return error in _CARD_GONE or (moved and error == "channel_not_found")

    def _payload(self, message: Message) -> dict[str, Any]:
        return message.payload(self._front.desk.environment)


def _order_id(row: OutboxRow) -> OrderId:
    if row.order_id is None:
        raise Hopeless("the row names no order")
    return row.order_id


def _person(row: OutboxRow) -> PersonId:
    if row.person is None:
        raise Hopeless("the row names nobody")
    return row.person
