"""What is left to spend, vendor by vendor."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.catalogue import Wallet
from bot.usecases.show_balance import Balances
from handlers.views.blocks import Message, section
from handlers.views.text import line, moment

_MOST_WALLETS = 20


def _last_read(vendor: str, wallets: Sequence[tuple[Wallet, datetime]]) -> str:
    """What the wallets of a vendor held when they were last read, in one line."""
    held = " · ".join(str(wallet.balance) for wallet, _ in wallets[:_MOST_WALLETS])
    return f"{line(vendor, 80)} wallets {moment(max(read_at for _, read_at in wallets))}: {held}"


def last_known(by_vendor: Mapping[str, Sequence[tuple[Wallet, datetime]]]) -> str:
    return "\n".join(_last_read(vendor, wallets) for vendor, wallets in by_vendor.items())


def balances(of_vendors: Sequence[Balances]) -> Message:
    spoken = "; ".join(f"{line(of.vendor, 80)}: {_spoken(of.wallets)}" for of in of_vendors)
    return Message(f"Wallets. {spoken}", tuple(section(_lines(of)) for of in of_vendors))


def _lines(of: Balances) -> str:
    lines = [f"*{line(of.vendor, 80)}*"]
    if of.wallets is None:
        lines.append("⚠️ did not say what is in its wallets. Try again in a moment.")
    elif not of.wallets:
        lines.append("has no wallet for us yet")
    wallets = of.wallets or []
    lines += [f"{w.balance} · {line(w.kind.lower(), 40)}" for w in wallets[:_MOST_WALLETS]]
    if len(wallets) > _MOST_WALLETS:
        lines.append(f"and {len(wallets) - _MOST_WALLETS} more")
    return "\n".join(lines)


def _spoken(wallets: Sequence[Wallet] | None) -> str:
    if wallets is None:
        return "no answer"
    return ", ".join(str(wallet.balance) for wallet in wallets) or "no wallet"
