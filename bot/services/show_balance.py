"""What is left in the wallets: asked of the vendors, and kept as it was last read."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.domain.catalogue import Wallet
from bot.domain.people import Person
from bot.domain.policy import Stage
from bot.services.authorize import check_policy
from bot.services.context import AppContext
from bot.services.errors import VendorUnavailable
from bot.vendors.contract import Vendor, VendorError

log = structlog.get_logger(__name__)
_ANSWER_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Balances:
    """The wallets of one vendor, by the name people know; None where it did not answer."""

    vendor: str
    wallets: list[Wallet] | None


async def show_balance(ctx: AppContext, person: Person) -> list[Balances]:
    """Every vendor's wallets, asked at once. Raises NotPermitted; VendorUnavailable when none answers."""
    check_policy(ctx, Stage.VIEW, person)
    all_of_them = await asyncio.gather(*(_balances(ctx, each) for each in ctx.vendors.values()))
    if all(balances.wallets is None for balances in all_of_them):
        vendors = " and ".join(balances.vendor for balances in all_of_them)
        raise VendorUnavailable(f"{vendors} did not say what is in the wallets. Try again in a moment.")
    return all_of_them


async def _balances(ctx: AppContext, vendor: Vendor) -> Balances:
    try:
        return Balances(vendor.title, await read_balances(ctx, vendor, timeout_s=_ANSWER_WITHIN_S))
    except VendorError as error:
        log.warning("balance_without_answer", vendor=vendor.name, why=str(error))
        return Balances(vendor.title, None)


async def read_balances(ctx: AppContext, vendor: Vendor, *, timeout_s: float) -> list[Wallet]:
    """The wallets of one vendor as they are now, which are kept. Raises VendorError."""
    asked_at = ctx.clock()
    wallets = await vendor.wallets(timeout_s=timeout_s)
    await ctx.store.write(lambda tx: tx.balances.put(vendor.name, wallets, asked_at))
    return wallets


async def last_known_balances(ctx: AppContext) -> dict[str, list[tuple[Wallet, datetime]]]:
    """By vendor, every wallet as it was last read, and when. No vendor is asked."""
    known = await ctx.read(
        lambda tx: {vendor.title: tx.balances.of(name) for name, vendor in ctx.vendors.items()}
    )
    return {vendor: wallets for vendor, wallets in known.items() if wallets}
