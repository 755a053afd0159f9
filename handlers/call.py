"""One thing a person did in Slack, a command, a click or a form, and the ways to answer it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.orders import OrderId
from bot.domain.people import Person
from handlers import answers, ids
from handlers.front import Front, user_id
from handlers.on_record import on_record
from handlers.views.blocks import Block, Message
from handlers.views.dialogs import note
from handlers.words import split_words

T = TypeVar("T")
_AT_ONCE_S = 0.8  # of the three seconds; looking the person up may take two


@dataclass(frozen=True, slots=True)
class Call:
    """`rest` is what was typed after a sub-command, unescaped."""

    front: Front
    ack: AsyncAck
    body: Mapping[str, Any]
    client: AsyncWebClient
    respond: AsyncRespond
    rest: str = ""

    @property
    def user_id(self) -> str:
        return user_id(self.body)

    @property
    def environment(self) -> str:
        return self.front.desk.environment

    @property
    def words(self) -> list[str]:
        return split_words(self.rest)

    @property
    def value(self) -> str:
        """What the pressed button carries."""
        return str(self.body["actions"][0].get("value") or "")

    @property
    def order_id(self) -> OrderId:
        """The order the pressed button is about. Raises FromOlderVersion."""
        return carried(ids.parse_order_id, self.value)

    async def person(self, *, afresh: frozenset[str] | None = None) -> Person:
        return await self.front.people.who(self.user_id, afresh=afresh)

    async def approver(self) -> Person:
        """The person with their rights to decide as they are at this click."""
        return await self.person(afresh=self.front.desk.policy.approvers.groups)

    async def person_with_role(self, attempted: str) -> Person:
        """The person, if they have any role here; else the refusal is on record. Raises NotPermitted."""
        person = await self.person()
        desk = self.front.desk
        with desk.refusals_audited(person, attempted):
            desk.policy.check_involved(person)
        return person

    def tell(self, message: Message) -> None:
        """Show a message to the person alone: beside what was pressed, or over the view it was pressed in."""
        self.front.background.start(self._show(message), what="answer")

    def tell_later(self, work: Awaitable[Message]) -> None:
        """The same for what slow work comes to."""
        self.front.background.start(self._later(work), what="answer")

    async def soon(self, work: Coroutine[Any, Any, Message], meanwhile: str) -> Message:
        """What the work comes to if that is known at once; else a sentence, and the outcome when it is there.

        Slack cannot replace the answer to a command, so a quick outcome should be the only one.
        """
        task = asyncio.create_task(work)
        done, _ = await asyncio.wait({task}, timeout=_AT_ONCE_S)
        if done:
            return task.result()
        self.tell_later(task)
        return Message.saying(meanwhile)

    def replace(self, message: Message, *, to_all: bool = False) -> None:
        """Put a message in the place of the one that was pressed: an ephemeral one, or one `to_all`."""
        payload = message.payload(self.environment)
        work = answers.show_by_response_url(self.respond, payload, replace_original=True, to_all=to_all)
        self.front.background.start(work, what="answer")

    async def open_modal(self, view: Block) -> str:
        """The id of the view. Raises FormNotOpened."""
        return await answers.open_modal(self.client, self.body, view)

    async def _show(self, message: Message) -> None:
        if self.respond.response_url:
            payload = message.payload(self.environment)
            await answers.show_by_response_url(self.respond, payload, replace_original=False)
        else:
            await answers.show_over_view(self.client, self.body, note(message, self.environment))

    async def _later(self, work: Awaitable[Message]) -> None:
        try:
            message = await work
        except answers.REFUSALS as refusal:
            on_record(self.front, self.body, refusal)
            message = Message.saying(answers.sentence(refusal))
        except Exception as fault:
            await self._show(Message.saying(answers.sentence(fault)))
            raise
        await self._show(message)


def carried(parse: Callable[[str], T], value: str) -> T:
    """What a button or form of ours carries along. Raises FromOlderVersion."""
    try:
        return parse(value)
    except ValueError as foreign:
        raise answers.FromOlderVersion from foreign
