"""*Show codes* and `/giftcard codes REF`: the requester asks, the outbox shows, ephemerally, in their DM."""

from bot.services.reveal_codes import request_codes
from handlers.command_parser import UsageError
from handlers.interaction import Interaction
from handlers.views.blocks import Message


async def codes(interaction: Interaction) -> Message:
    """`/giftcard codes REF`."""
    if not interaction.args:
        raise UsageError("Say of which order: `/giftcard codes GC-…`. `/giftcard mine` lists yours.")
    await interaction.person_with_role("show codes")  # a stranger does not learn which references exist
    person = await interaction.person(refresh=frozenset())
    return _on_their_way(
        request_codes(interaction.slack_ctx.ctx, person, None, interaction.args[0].upper()).client_reference
    )


async def show_codes(interaction: Interaction) -> None:
    """The button. Pressed in our DM, the codes themselves are the answer."""
    order = request_codes(
        interaction.slack_ctx.ctx, await interaction.person(refresh=frozenset()), interaction.order_id
    )
    channel = (interaction.body.get("channel") or {}).get("id", "")
    if not channel.startswith("D"):
        interaction.reply(_on_their_way(order.client_reference))


def _on_their_way(client_reference: str) -> Message:
    return Message.from_text(
        f"The codes of {client_reference} are on their way in our DM. Only you see them."
    )
