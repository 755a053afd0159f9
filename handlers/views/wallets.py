"""What is left to spend, vendor by vendor."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.catalogue import Wallet
from handlers.views.blocks import Block, Message, section
from handlers.views.text import line, moment

_MOST_WALLETS = 20


def last_read(balances: Sequence[tuple[Wallet, datetime]]) -> str:
    """What the wallets held when they were last read, in one line."""
    held = " · ".join(str(wallet.balance) for wallet, _ in balances[:_MOST_WALLETS])
    return f"Wallets {moment(max(read_at for _, read_at in balances))}: {held}"


def balances(by_vendor: Mapping[str, Sequence[Wallet]]) -> Message:
    blocks: list[Block] = []
    for vendor, wallets in by_vendor.items():
        lines = [f"*{line(vendor, 80)}*"]
        lines += [f"{w.balance} · {line(w.kind.lower(), 40)}" for w in wallets[:_MOST_WALLETS]]
        if not wallets:
            lines.append("has no wallet for us yet")
        if len(wallets) > _MOST_WALLETS:
            lines.append(f"and {len(wallets) - _MOST_WALLETS} more")
        blocks.append(section("\n".join(lines)))
    spoken = "; ".join(
        f"{line(vendor, 80)}: {', '.join(str(w.balance) for w in wallets) or 'no wallet'}"
        for vendor, wallets in by_vendor.items()
    )
    return Message(f"Wallets. {spoken}", tuple(blocks))
