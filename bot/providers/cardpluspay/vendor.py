"""CardPlusPay by name."""

from bot.providers.http.vendor import Vendor

CARDPLUSPAY = Vendor("cardpluspay", "CardPlusPay")
