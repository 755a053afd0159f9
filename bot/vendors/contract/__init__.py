"""What the bot expects of a vendor's client, and how its calls fail."""

from bot.vendors.contract.capabilities import (
    Account,
    Catalogue,
    OrderBook,
    Purchases,
    Quotes,
    ReferenceLookup,
    Vendor,
    WalletStatement,
)
from bot.vendors.contract.errors import (
    AccessDenied,
    InvalidWebhook,
    NotSent,
    OutcomeUnknown,
    Refused,
    VendorError,
)
from bot.vendors.contract.unparsed_responses import (
    SaveUnparsedResponse,
    UnparsedResponse,
    discard_unparsed_response,
)

__all__ = [
    "AccessDenied",
    "Account",
    "Catalogue",
    "InvalidWebhook",
    "NotSent",
    "OrderBook",
    "OutcomeUnknown",
    "Purchases",
    "Quotes",
    "ReferenceLookup",
    "Refused",
    "SaveUnparsedResponse",
    "UnparsedResponse",
    "Vendor",
    "VendorError",
    "WalletStatement",
    "discard_unparsed_response",
]
