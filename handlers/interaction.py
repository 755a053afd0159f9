"""What a person did in Slack (a command, a click, a form), and the ways to answer it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.orders import OrderId
from bot.domain.people import Person
from bot.domain.policy import Stage
from bot.services.authorize import authorize
from bot.services.errors import RequestRejected
from handlers import ids, responses
from handlers.audit_refusal import audit_refusal
from handlers.block_kit.blocks import Block, Message
from handlers.command_parser import split_words
from handlers.slack_context import SlackContext, user_id
from handlers.views.modals import message_modal

T = TypeVar("T")
_IMMEDIATE_REPLY_S = 0.8  # of Slack's three seconds; looking the person up may take two


@dataclass(frozen=True, slots=True)
class Interaction:
    """`raw_args` is what was typed after a sub-command, unescaped."""

    slack_ctx: SlackContext
    ack: AsyncAck
    body: Mapping[str, Any]
    client: AsyncWebClient
    respond: AsyncRespond
    raw_args: str = ""

    @property
    def user_id(self) -> str:
        return user_id(self.body)

    @property
    def environment(self) -> str:
        return self.slack_ctx.ctx.environment

    @property
    def args(self) -> list[str]:
        return split_words(self.raw_args)

    @property
    def value(self) -> str:
        """The value of the pressed button."""
        return str(self.body["actions"][0].get("value") or "")

    @property
    def order_id(self) -> OrderId:
        """The order that the pressed button is about. Raises OutdatedComponent."""
        return parse_component_value(ids.parse_order_id, self.value)

    async def person(self, *, refresh: frozenset[str] | None = None) -> Person:
        return await self.slack_ctx.people.lookup(self.user_id, refresh=refresh)

    async def approver(self) -> Person:
        """The person, with the approvers' groups looked up again for this click."""
        return await self.person(refresh=self.slack_ctx.ctx.policy.approvers.groups)

    async def person_with_role(self, attempted: str) -> Person:
        """The person, if they have any role. Raises NotPermitted, which is audited."""
        person = await self.person()
        await authorize(self.slack_ctx.ctx, Stage.VIEW, person, attempted=attempted)
        return person

    def reply(self, message: Message) -> None:
        """Show a message to the person alone: beside the pressed message, or above the view."""
        self.slack_ctx.background.start(self._reply(message), what="answer")

    def reply_later(self, work: Awaitable[Message]) -> None:
        """As `reply`, with the result of slow work."""
        self.slack_ctx.background.start(self._reply_later(work), what="answer")

    async def reply_or_placeholder(self, work: Coroutine[Any, Any, Message], placeholder: str) -> Message:
        """The result of the work if it is quick; else `placeholder`, and the result is posted later.

        Slack cannot replace the answer to a command, so a quick result should be the only answer.
        """
        task = asyncio.create_task(work)
        done, _ = await asyncio.wait({task}, timeout=_IMMEDIATE_REPLY_S)
        if done:
            return task.result()
        self.reply_later(task)
        return Message.from_text(placeholder)

    def replace(self, message: Message, *, to_all: bool = False) -> None:
        """Replace the pressed message: an ephemeral one, or with `to_all` one that others see too."""
        payload = message.payload(self.environment)
        work = responses.show_by_response_url(self.respond, payload, replace_original=True, to_all=to_all)
        self.slack_ctx.background.start(work, what="answer")

    async def open_modal(self, view: Block) -> str:
        """Open a view; its id. Raises ModalNotOpened."""
        return await responses.open_modal(self.client, self.body, view)

    async def _reply(self, message: Message) -> None:
        if self.respond.response_url:
            payload = message.payload(self.environment)
            await responses.show_by_response_url(self.respond, payload, replace_original=False)
        else:
            await responses.show_in_modal(self.client, self.body, message_modal(message, self.environment))

    async def _reply_later(self, work: Awaitable[Message]) -> None:
        try:
            message = await work
        except RequestRejected as error:
            await audit_refusal(self.slack_ctx, self.body, error)
            message = Message.from_text(responses.user_message(error))
        except Exception as error:
            await self._reply(Message.from_text(responses.user_message(error)))
            raise
        await self._reply(message)


def parse_component_value(parse: Callable[[str], T], value: str) -> T:
    """Parse the value of a button or form. Raises OutdatedComponent."""
    try:
        return parse(value)
    except ValueError as error:
        raise responses.OutdatedComponent from error
