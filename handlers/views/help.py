"""The list of sub-commands."""

from collections.abc import Iterable

from handlers.block_kit.blocks import Message, context, section


def help_page(commands: Iterable[tuple[str, str]]) -> Message:
    """`commands` are (usage, description)."""
    lines = "\n".join(f"• `/giftcard {usage}` {description}" for usage, description in commands)
    blocks = (
        section(f"*Gift cards, from asking to the code in hand*\n{lines}"),
        context("Or open the *Home* tab of this app. Codes are shown to their requester only."),
    )
    return Message(f"What you can type:\n{lines}", blocks)
