"""The faults that can be injected at this vendor."""

from bot.sandbox.octopus.fault_offers import FAULT_OFFERS
from bot.sandbox.vendors.faults import EVERYWHERE, FaultCatalogue

KINDS = EVERYWHERE | {
    "rate-limited": "429 with Retry-After `seconds` (9); nothing is done",
    "token-expired": "the access token is revoked and answered with 401",
    "insufficient-funds": "this order is refused for lack of funds",
    "out-of-stock": "this order is refused, or FAILED and refunded, by the choice `out_of_stock`",
    "vanish": "the product is deactivated just before this order or quote",
    "price-change": "`discount` (percent) or `forex_rate` differ for this request only",
    "pending": "the order is answered PENDING at any quantity, and delivered `seconds` later",
    "stall": "the order is answered PENDING and stays so until the back office moves it",
    "partial": "`deliver` (half) vouchers now; `then` complete, give-up (default) or stay",
    "fail": "the order is paid, then FAILED and refunded",
    "cancel": "the order is paid, then CANCELLED and refunded",
    "masked": "this read shows codes masked",
    "clear": "this read shows codes in clear",
    "webhook-duplicate": "the event is delivered twice; `path` matches its type",
    "webhook-late": "the event is delayed by `seconds` (2), so that later ones arrive first",
    "webhook-lost": "the event is never delivered",
    "webhook-forged": "the event's signature is wrong",
}
FAULT_CATALOGUE = FaultCatalogue(
    KINDS,
    numbers={"seconds", "discount", "forex_rate", "deliver"},
    words={"status": ("500", "502", "503", "504")},
    offers=FAULT_OFFERS,
)
