"""CardPlusPay by name."""

from bot.vendors.http.identity import VendorIdentity

CARDPLUSPAY = VendorIdentity("cardpluspay", "CardPlusPay")
