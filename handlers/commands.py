"""`/giftcard`: a table of its sub-commands, and the listener that runs them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.domain.catalogue import Product
from bot.services.errors import RequestRejected
from handlers.audit_refusal import audit_refusal
from handlers.balance import balance
from handlers.block_kit.blocks import Message
from handlers.choose_product import choose_product
from handlers.command_parser import UsageError, closest_match, parse_search, unescape
from handlers.interaction import Interaction
from handlers.order_form.opening import open_form
from handlers.orders import mine, pending, status
from handlers.quote import quote
from handlers.reveal import codes
from handlers.search import filter_options, search
from handlers.views.help import help_page
from handlers.views.products import candidates


@dataclass(frozen=True, slots=True)
class SubCommand:
    """`run` returns the answer, or None where the person is answered otherwise, as by a form."""

    usage: str
    description: str
    run: Callable[[Interaction], Awaitable[Message | None]]

    @property
    def name(self) -> str:
        return self.usage.split()[0]


async def order(interaction: Interaction) -> Message | None:
    """Open the form, empty or with a product."""
    key = ""
    if interaction.args:
        person = await interaction.person_with_role("order")
        ctx = interaction.slack_ctx.ctx
        query = parse_search(interaction.args, await filter_options(ctx))
        chosen = await choose_product(ctx, person, query)
        if not isinstance(chosen, Product):
            return candidates(chosen)
        key = chosen.key
    reason = await open_form(interaction, chosen=key)
    return Message.from_text(reason) if reason else None


async def help_command(_interaction: Interaction) -> Message:
    return help_page((command.usage, command.description) for command in COMMANDS.values())


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
        SubCommand("help", "this list", help_command),
    )
}


async def giftcard(interaction: Interaction) -> None:
    """The listener of the slash command."""
    word, *raw_args = unescape(str(interaction.body.get("text") or "")).split(maxsplit=1) or [""]
    command = _command(word)
    try:
        message = await command.run(replace(interaction, raw_args="".join(raw_args)))
    except RequestRejected as error:
        await audit_refusal(interaction.slack_ctx, interaction.body, error, attempted=command.name)
        raise
    if message is not None:
        await interaction.ack({**message.payload(interaction.environment), "response_type": "ephemeral"})


def _command(word: str) -> SubCommand:
    """Raises UsageError, which names the most similar one."""
    known = COMMANDS.get(word.lower() or "order")
    if known:
        return known
    likely = closest_match(word, COMMANDS)
    hint = f"Did you mean `/giftcard {likely}`? " if likely else ""
    raise UsageError(f"There is no `/giftcard {word[:40]}`. {hint}`/giftcard help` lists everything.")
