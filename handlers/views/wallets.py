"""The balances of the wallets, by vendor."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.catalogue import Wallet
from bot.services.show_balance import Balances
from handlers.block_kit.blocks import Message, section
from handlers.block_kit.dates import slack_datetime
from handlers.block_kit.text import safe_line

_MAX_WALLETS = 20


def _last_read(vendor: str, wallets: Sequence[tuple[Wallet, datetime]]) -> str:
    """One line with a vendor's balances as they were last read."""
    held = " · ".join(str(wallet.balance) for wallet, _ in wallets[:_MAX_WALLETS])
    return f"{safe_line(vendor, 80)} wallets {slack_datetime(max(read_at for _, read_at in wallets))}: {held}"


def last_known_line(by_vendor: Mapping[str, Sequence[tuple[Wallet, datetime]]]) -> str:
    return "\n".join(_last_read(vendor, wallets) for vendor, wallets in by_vendor.items())


def balances(balances_by_vendor: Sequence[Balances]) -> Message:
    fallback_text = "; ".join(
        f"{safe_line(vendor_balances.vendor, 80)}: {_fallback_text(vendor_balances.wallets)}"
        for vendor_balances in balances_by_vendor
    )
    return Message(
        f"Wallets. {fallback_text}",
        tuple(section(_lines(vendor_balances)) for vendor_balances in balances_by_vendor),
    )


def _lines(vendor_balances: Balances) -> str:
    lines = [f"*{safe_line(vendor_balances.vendor, 80)}*"]
    if vendor_balances.wallets is None:
        lines.append("⚠️ did not say what is in its wallets. Try again in a moment.")
    elif not vendor_balances.wallets:
        lines.append("has no wallet for us yet")
    wallets = vendor_balances.wallets or []
    lines += [f"{w.balance} · {safe_line(w.kind.lower(), 40)}" for w in wallets[:_MAX_WALLETS]]
    if len(wallets) > _MAX_WALLETS:
        lines.append(f"and {len(wallets) - _MAX_WALLETS} more")
    return "\n".join(lines)


def _fallback_text(wallets: Sequence[Wallet] | None) -> str:
    if wallets is None:
        return "no answer"
    return ", ".join(str(wallet.balance) for wallet in wallets) or "no wallet"
