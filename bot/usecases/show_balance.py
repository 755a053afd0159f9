"""What is left in the wallets: asked of the vendors, and kept as it was last read."""

from datetime import datetime

from bot.domain.catalogue import Wallet
from bot.domain.people import Person
from bot.providers.contract import Provider, ProviderError
from bot.usecases.desk import Desk
from bot.usecases.rejections import VendorSilent

_ANSWER_WITHIN_S = 10.0


async def show_balance(desk: Desk, person: Person) -> dict[str, list[Wallet]]:
    """Wallets by vendor title. Raises NotPermitted, VendorSilent."""
    desk.policy.check_involved(person)
    balances: dict[str, list[Wallet]] = {}
    for provider in desk.providers.values():
        try:
            balances[provider.title] = await read_balances(desk, provider, timeout_s=_ANSWER_WITHIN_S)
        except ProviderError as silence:
            raise VendorSilent(
                f"{provider.title} did not say what is in the wallets. Try again in a moment."
            ) from silence
    return balances


async def read_balances(desk: Desk, provider: Provider, *, timeout_s: float) -> list[Wallet]:
    """The wallets of one vendor as they are now, which are kept. Raises ProviderError."""
    asked_at = desk.clock()
    wallets = await provider.wallets(timeout_s=timeout_s)
    with desk.store.transaction():
        desk.store.balances.put(provider.name, wallets, asked_at)
    return wallets


def last_known_balances(desk: Desk) -> list[tuple[Wallet, datetime]]:
    """Every wallet as it was last read, and when. No vendor is asked."""
    return [known for name in desk.providers for known in desk.store.balances.of(name)]
