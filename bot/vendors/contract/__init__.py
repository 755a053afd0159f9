"""What the bot expects of a vendor's client, and how its calls fail."""

from bot.vendors.contract.capabilities import (
    Account,
    Catalogue,
    FollowUpReport,
    OrderBook,
    ReferenceLookup,
    Sells,
    Vendor,
    WalletStatement,
    takes_references,
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
    "FollowUpReport",
    "InvalidWebhook",
    "NotSent",
    "OrderBook",
    "OutcomeUnknown",
    "ReferenceLookup",
    "Refused",
    "SaveUnparsedResponse",
    "Sells",
    "UnparsedResponse",
    "Vendor",
    "VendorError",
    "WalletStatement",
    "discard_unparsed_response",
    "takes_references",
]
