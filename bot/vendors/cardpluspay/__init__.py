"""CardPlusPay: the vendor's HTTP interface as a Provider."""

from bot.vendors.cardpluspay.client import CardPlusPay
from bot.vendors.cardpluspay.rate_limit import QUOTAS, CardPlusPayRateLimiter
from bot.vendors.cardpluspay.signing import RequestSigner
from bot.vendors.http.transport import Timeouts

__all__ = ["QUOTAS", "CardPlusPay", "CardPlusPayRateLimiter", "RequestSigner", "Timeouts"]
