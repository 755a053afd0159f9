"""*Show codes* and `/giftcard codes REF`. The outbox then shows them in the requester's DM, ephemerally."""

from datetime import timedelta

from bot.services.reveal_codes import RevealLimits, request_codes
from handlers.block_kit.blocks import Message
from handlers.command_parser import UsageError
from handlers.interaction import Interaction

REVEAL_LIMITS = RevealLimits(
    codes_per_message=8,  # a message has at most 50 blocks, and a long card takes several
    lifetime=timedelta(minutes=1),  # an ephemeral message reaches only a person who is there
    per_message=timedelta(seconds=2),  # Slack takes about one a second
)


async def codes(interaction: Interaction) -> Message:
    """`/giftcard codes REF`."""
    if not interaction.args:
        raise UsageError("Say of which order: `/giftcard codes GC-…`. `/giftcard mine` lists yours.")
    await interaction.person_with_role("show codes")  # a stranger does not learn which references exist
    person = await interaction.person(refresh=frozenset())
    order = await request_codes(
        interaction.slack_ctx.ctx, person, None, interaction.args[0].upper(), limits=REVEAL_LIMITS
    )
    return _on_their_way(order.client_reference)


async def show_codes(interaction: Interaction) -> None:
    """The button. Pressed in our DM, the codes themselves are the answer."""
    person = await interaction.person(refresh=frozenset())
    order = await request_codes(interaction.slack_ctx.ctx, person, interaction.order_id, limits=REVEAL_LIMITS)
    channel = (interaction.body.get("channel") or {}).get("id", "")
    if not channel.startswith("D"):
        interaction.reply(_on_their_way(order.client_reference))


def _on_their_way(client_reference: str) -> Message:
    return Message.from_text(
        f"The codes of {client_reference} are on their way in our DM. Only you see them."
    )
