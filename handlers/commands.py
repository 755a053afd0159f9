"""`/giftcard`: one listener, and a table of what can follow it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.domain.catalogue import Product
from handlers.answers import REFUSALS
from handlers.balance import balance
from handlers.call import Call
from handlers.choose_product import choose_product
from handlers.on_record import on_record
from handlers.order_form import open_form
from handlers.orders import mine, pending, status
from handlers.quote import quote
from handlers.reveal import codes
from handlers.search import search, shelves
from handlers.views.blocks import Message
from handlers.views.help import help_page
from handlers.views.products import candidates
from handlers.words import Misunderstood, nearest, parse_search, unescape


@dataclass(frozen=True, slots=True)
class SubCommand:
    """`run` returns what to show at once, or None where something else is the answer."""

    usage: str
    does: str
    run: Callable[[Call], Awaitable[Message | None]]

    @property
    def name(self) -> str:
        return self.usage.split()[0]


async def order(call: Call) -> Message | None:
    """The form, empty or for the product that is named."""
    key = ""
    if call.words:
        person = await call.person_with_role("order")
        desk = call.front.desk
        chosen = choose_product(desk, person, parse_search(call.words, shelves(desk)))
        if not isinstance(chosen, Product):
            return candidates(chosen)
        key = chosen.key
    trouble = await open_form(
        call.front,
        call.client,
        trigger_id=call.body["trigger_id"],
        user_id=call.user_id,
        chosen=key,
    )
    return Message.saying(trouble) if trouble else None


async def show_help(_call: Call) -> Message:
    return help_page((command.usage, command.does) for command in COMMANDS.values())


COMMANDS = {
    command.name: command
    for command in (
        SubCommand("order [PRODUCT]", "ask for a gift card; `/giftcard` alone does the same", order),
        SubCommand("search TEXT [country:USA] [category:Gaming] [currency:USD]", "find a card", search),
        SubCommand("quote PRODUCT AMOUNT [xN]", "what it would cost", quote),
        SubCommand("status [REF]", "what became of a request; without REF of your latest", status),
        SubCommand("mine", "your latest requests", mine),
        SubCommand("pending", "what waits for a decision", pending),
        SubCommand("balance", "what the wallets hold", balance),
        SubCommand("codes REF", "show your codes again, in our DM", codes),
        SubCommand("help", "this list", show_help),
    )
}


async def giftcard(call: Call) -> None:
    """The listener of the slash command."""
    word, *rest = unescape(str(call.body.get("text") or "")).split(maxsplit=1) or [""]
    command = _command(word)
    try:
        message = await command.run(replace(call, rest="".join(rest)))
    except REFUSALS as refusal:
        on_record(call.front, call.body, refusal, attempted=command.name)
        raise
    if message is not None:
        await call.ack({**message.payload(call.environment), "response_type": "ephemeral"})


def _command(word: str) -> SubCommand:
    """Raises Misunderstood with the nearest one."""
    known = COMMANDS.get(word.lower() or "order")
    if known:
        return known
    likely = nearest(word, COMMANDS)
    hint = f"Did you mean `/giftcard {likely}`? " if likely else ""
    raise Misunderstood(f"There is no `/giftcard {word[:40]}`. {hint}`/giftcard help` lists everything.")
