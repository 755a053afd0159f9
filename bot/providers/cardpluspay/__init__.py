"""CardPlusPay: the vendor's HTTP interface as a Provider."""

from bot.providers.cardpluspay.client import CardPlusPay
from bot.providers.cardpluspay.pace import QUOTAS, Pace
from bot.providers.cardpluspay.signing import Signing
from bot.providers.http.transport import Timeouts

__all__ = ["QUOTAS", "CardPlusPay", "Pace", "Signing", "Timeouts"]
