"""What is left in the wallets: asked of the vendors, and kept as it was last read."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.domain.catalogue import Wallet
from bot.domain.people import Person
from bot.providers.contract import Provider, ProviderError
from bot.usecases.desk import Desk
from bot.usecases.rejections import VendorSilent

log = structlog.get_logger(__name__)
_ANSWER_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Balances:
    """The wallets of one vendor, by the name people know; None where it did not answer."""

    vendor: str
    wallets: list[Wallet] | None


async def show_balance(desk: Desk, person: Person) -> list[Balances]:
    """Every vendor's wallets, asked at once. Raises NotPermitted; VendorSilent when none of them answers."""
    desk.policy.check_involved(person)
    all_of_them = await asyncio.gather(*(_balances(desk, each) for each in desk.providers.values()))
    if all(balances.wallets is None for balances in all_of_them):
        vendors = " and ".join(balances.vendor for balances in all_of_them)
        raise VendorSilent(f"{vendors} did not say what is in the wallets. Try again in a moment.")
    return all_of_them


async def _balances(desk: Desk, provider: Provider) -> Balances:
    try:
        return Balances(provider.title, await read_balances(desk, provider, timeout_s=_ANSWER_WITHIN_S))
    except ProviderError as silence:
        log.warning("balance_without_answer", provider=provider.name, why=str(silence))
        return Balances(provider.title, None)


async def read_balances(desk: Desk, provider: Provider, *, timeout_s: float) -> list[Wallet]:
    """The wallets of one vendor as they are now, which are kept. Raises ProviderError."""
    asked_at = desk.clock()
    wallets = await provider.wallets(timeout_s=timeout_s)
    with desk.store.transaction():
        desk.store.balances.put(provider.name, wallets, asked_at)
    return wallets


def last_known_balances(desk: Desk) -> dict[str, list[tuple[Wallet, datetime]]]:
    """By vendor, every wallet as it was last read, and when. No vendor is asked."""
    known = {provider.title: desk.store.balances.of(name) for name, provider in desk.providers.items()}
    return {vendor: wallets for vendor, wallets in known.items() if wallets}
