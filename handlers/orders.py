"""`/giftcard status`, `mine` and `pending`, and *Withdraw*."""

from bot.domain.people import Person
from bot.services.context import AppContext
from bot.services.decide_request import withdraw_request
from bot.services.order_queries import order_by_reference, order_details, orders_of, pending_orders
from handlers.block_kit.blocks import Message
from handlers.home import start_publishing_home
from handlers.interaction import Interaction
from handlers.views import orders as views
from handlers.views.catalogue_status import catalogue_status_line


async def status(interaction: Interaction) -> Message:
    """`/giftcard status [REF]`: that order, or the person's latest."""
    person = await interaction.person_with_role("status")
    ctx = interaction.slack_ctx.ctx
    if interaction.args:
        details = await order_by_reference(ctx, person, interaction.args[0].upper())
    elif latest := await orders_of(ctx, person, limit=1):
        details = await order_details(ctx, latest[0])
    else:
        return views.own_orders([], catalogue_status=await catalogue_status_line(ctx))
    return views.order_status(
        details,
        own=person.is_same_person(details.order.requester),
        catalogue_status=await catalogue_status_line(ctx),
    )


async def mine(interaction: Interaction) -> Message:
    """`/giftcard mine`."""
    return await _mine(interaction.slack_ctx.ctx, await interaction.person_with_role("mine"))


async def pending(interaction: Interaction) -> Message:
    """`/giftcard pending`: all that wait, or the person's own where they may not see all."""
    person = await interaction.person_with_role("pending")
    ctx = interaction.slack_ctx.ctx
    orders = [(await order_details(ctx, order)) for order in await pending_orders(ctx, person)]
    return views.pending(
        orders,
        approvals_channel=interaction.slack_ctx.approvals_channel,
        can_view_all=ctx.policy.can_view_all(person),
    )


async def withdraw(interaction: Interaction) -> None:
    """The *Withdraw* button. The DM that confirms it comes from the outbox."""
    ctx = interaction.slack_ctx.ctx
    person = await interaction.person()
    await withdraw_request(ctx, person, interaction.order_id)
    if interaction.body.get("container", {}).get("is_ephemeral"):
        interaction.replace(await _mine(ctx, person))
    elif not interaction.respond.response_url:
        start_publishing_home(interaction)


async def _mine(ctx: AppContext, person: Person) -> Message:
    return views.own_orders([(await order_details(ctx, order)) for order in await orders_of(ctx, person)])
