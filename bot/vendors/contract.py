"""What every vendor's client can do, in what vendors differ, and the three ways in which a call can fail."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from bot.domain.catalogue import CataloguePage, Names, ProductDetails, Wallet
from bot.domain.quotes import Quote, Terms
from bot.domain.reconciliation import ListedOrder
from bot.domain.vendor_orders import Purchase, VendorOrder
from bot.domain.vouchers import Voucher
from bot.domain.wallet_transactions import WalletTransaction


class VendorError(Exception):
    """A vendor call that did not work. The message has no secret and no body of an order."""

    def __init__(self, message: str, *, request_id: str | None = None) -> None:
        super().__init__(message)
        self.request_id = request_id  # the vendor's X-Request-Id, where an answer had one


class NotSent(VendorError):
    """Surely never acted on: it may be tried again, after `retry_after_s` where the vendor said so."""

    def __init__(
        self, message: str, *, request_id: str | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message, request_id=request_id)
        self.retry_after_s = retry_after_s


class Refused(VendorError):
    """The vendor said no and moved no money. `code` is the vendor's own machine-readable word."""

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status: int,
        request_id: str | None = None,
        may_have_purchased: bool = False,
    ) -> None:
        super().__init__(message, request_id=request_id)
        self.code = code
        self.status = status
        self.may_have_purchased = (
            may_have_purchased  # a no that may hide a purchase: look before believing it
        )

    @property
    def insufficient_funds(self) -> bool:
        return self.code == "INSUFFICIENT_FUNDS"

    @property
    def not_found(self) -> bool:
        return self.status == 404


class AccessDenied(Refused):
    """The vendor does not accept our credentials, our address, or has the feature switched off."""


class OutcomeUnknown(VendorError):
    """It may or may not have happened: look it up by our reference, never simply send it again."""


class InvalidWebhook(Exception):
    """A webhook request that is not an event of the vendor's, or not a fresh one. Never shows its content.

    `status` is the HTTP status to answer with.
    """

    def __init__(self, why: str, *, status: int) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class UnparsedResponse:
    """An answer about an order that was cut off or makes no sense. Its bytes may be the only copy of codes.

    `vouchers` are those that could be made out beyond doubt. Whichever number was known names the order.
    """

    vendor: str
    body: bytes = field(repr=False)
    vouchers: tuple[Voucher, ...] = field(repr=False)
    request_id: str | None
    client_reference: str | None = None
    vendor_order_id: str | None = None


SaveUnparsedResponse = Callable[[UnparsedResponse], Awaitable[None]]


async def discard_unparsed_response(_unread: UnparsedResponse) -> None:
    """Until somebody keeps what cannot be read."""


class ReferenceLookup(Protocol):
    """A vendor that takes a client_reference once: asking again under it cannot buy twice."""

    async def find(self, client_reference: str) -> VendorOrder | None:
        """The order under our reference, or None: which right after a time-out proves nothing."""
        ...


class WalletStatement(Protocol):
    """A vendor that lists what moved in its wallets."""

    def wallet_transactions(self, wallet_id: str | None = None) -> AsyncIterator[list[WalletTransaction]]:
        """What happened in one wallet, or in all: newest first, a page at a time; some may come twice."""
        ...


class Vendor(Protocol):
    """A vendor. Every method raises the errors above and nothing else.

    Reads (everything but `place`) are retried by the client itself; `place` sends at most once.
    `timeout_s`, where given, bounds the whole call including retries.
    What vendors differ in is said by the attributes: use cases read them and never ask for a name.
    """

    name: str  # the word in the database and in product keys
    title: str  # the name people know
    host: str  # of its API
    credentials_fingerprint: str  # another one for other credentials; tells nothing of them
    max_order_quantity: (
        int | None
    )  # cards in one purchase: more are bought in parts; None where each quote says so
    sends_recipient_email: bool  # to the recipient's address, which an order carries only then
    save_unparsed_response: (
        SaveUnparsedResponse  # called with what cannot be read about an order before anything else happens
    )

    @property
    def reference_lookup(self) -> ReferenceLookup | None:
        """None: it takes no reference of ours. Then one purchase at a time is under way with its account,
        nothing is sent again unless proven not created, and the account itself tells what became of it."""
        ...

    @property
    def wallet_statement(self) -> WalletStatement | None:
        """None: what its orders say they cost, and the balance, are all there is to go by."""
        ...

    async def account(self) -> str | None:
        """The vendor's number of the account our credentials open; None where it does not say."""
        ...

    def products(self) -> AsyncIterator[CataloguePage]:
        """The whole catalogue, a page at a time."""
        ...

    async def product_details(self, product_id: str) -> ProductDetails: ...

    async def is_available(self, product_id: str, denomination: Decimal, quantity: int) -> bool: ...

    async def quote(self, terms: Terms, *, timeout_s: float | None = None) -> Quote: ...

    async def wallets(self, *, timeout_s: float | None = None) -> list[Wallet]: ...

    async def names(self) -> Names:
        """Of countries, currencies and categories: at most a day old."""
        ...

    async def place(self, purchase: Purchase) -> VendorOrder:
        """Buy. Money moves here and nowhere else."""
        ...

    def orders(self) -> AsyncIterator[list[ListedOrder]]:
        """Every order of our account, whoever placed it: newest first, by pages; some may come twice."""
        ...

    async def fetch(self, vendor_order_id: str) -> VendorOrder:
        """Read an order again. Codes may be shown clear only the first time: keep them at once."""
        ...

    async def aclose(self) -> None: ...
