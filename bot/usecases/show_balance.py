"""What is left in the wallets."""

from bot.domain.catalogue import Wallet
from bot.domain.people import Person
from bot.providers.contract import ProviderError
from bot.usecases.desk import Desk
from bot.usecases.rejections import VendorSilent

_ANSWER_WITHIN_S = 10.0


async def show_balance(desk: Desk, person: Person) -> dict[str, list[Wallet]]:
    """Wallets by vendor title. Raises NotPermitted, VendorSilent."""
    desk.policy.check_involved(person)
    balances: dict[str, list[Wallet]] = {}
    for provider in desk.providers.values():
        try:
            balances[provider.title] = await provider.wallets(timeout_s=_ANSWER_WITHIN_S)
        except ProviderError as silence:
            raise VendorSilent(
                f"{provider.title} did not say what is in the wallets. Try again in a moment."
            ) from silence
    return balances
