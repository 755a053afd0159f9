"""`/giftcard balance`: asks the vendors what is left in the wallets."""

from bot.domain.people import Person
from bot.services.context import AppContext
from bot.services.show_balance import show_balance
from handlers.block_kit.blocks import Message
from handlers.interaction import Interaction
from handlers.views.wallets import balances


async def balance(interaction: Interaction) -> Message:
    person = await interaction.person_with_role("balance")
    ctx = interaction.slack_ctx.ctx
    vendors = " and ".join(vendor.title for vendor in ctx.vendors.values())
    return await interaction.reply_or_placeholder(_balances(ctx, person), f"Asking {vendors} what is left…")


async def _balances(ctx: AppContext, person: Person) -> Message:
    return balances(await show_balance(ctx, person))
