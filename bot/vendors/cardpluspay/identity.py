"""CardPlusPay's names."""

from bot.vendors.http.identity import VendorIdentity

CARDPLUSPAY = VendorIdentity("cardpluspay", "CardPlusPay")
