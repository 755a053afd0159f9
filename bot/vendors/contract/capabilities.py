"""What a vendor's client can do, one protocol for each capability.

Every method raises the errors of this package and nothing else. Reads are retried by the client itself;
`place` sends at most once. `timeout_s`, where given, bounds the whole call including retries.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from bot.domain.catalogue import CataloguePage, Names, ProductDetails, Wallet
from bot.domain.lines import Line
from bot.domain.quotes import OrderTerms, Quote
from bot.domain.reconciliation import ListedOrder
from bot.domain.vendor_orders import Purchase, VendorOrder
from bot.domain.wallet_transactions import WalletTransaction
from bot.vendors.contract.unparsed_responses import SaveUnparsedResponse

LineT = TypeVar("LineT", bound=Line, contravariant=True)


class Account(Protocol):
    """The account that our credentials open."""

    async def account(self) -> str | None:
        """The vendor's number for it; None where the vendor does not tell."""
        ...

    async def wallets(self, *, timeout_s: float | None = None) -> list[Wallet]: ...


class OrderBook(Protocol):
    """The account's orders of every kind, whoever placed them."""

    def orders(self) -> AsyncIterator[list[ListedOrder]]:
        """All of them, newest first, by pages; some may come twice."""
        ...


class ReferenceLookup(Protocol):
    """Of a vendor that accepts each client_reference once: sending it again cannot buy twice."""

    async def find(self, client_reference: str) -> VendorOrder | None:
        """The order under our reference. None right after a time-out does not prove that there is none."""
        ...


class WalletStatement(Protocol):
    """Of a vendor that lists the transactions of its wallets."""

    def wallet_transactions(self, wallet_id: str | None = None) -> AsyncIterator[list[WalletTransaction]]:
        """Those of one wallet, or of all: newest first, by pages; some may come twice."""
        ...


@dataclass(frozen=True, slots=True)
class FollowUpReport:
    """`status` is the kind's own word. `look_again_in` None: nothing more is to come."""

    status: str
    look_again_in: timedelta | None


class Catalogue(Protocol):
    def products(self) -> AsyncIterator[CataloguePage]:
        """All products of one kind, a page at a time."""
        ...

    async def product_details(self, product_id: str) -> ProductDetails: ...


class Sells(Catalogue, Protocol[LineT]):
    """How a vendor sells one kind of order."""

    max_order_quantity: int | None  # units per purchase, larger orders are split; None: each quote says it

    async def quote(self, terms: OrderTerms[LineT], *, timeout_s: float | None = None) -> Quote: ...

    async def is_available(self, line: LineT) -> bool: ...

    async def place(self, purchase: Purchase[LineT]) -> VendorOrder:
        """Buy. Money moves here and nowhere else."""
        ...

    async def fetch(self, vendor_order_id: str) -> VendorOrder:
        """Read one order. Codes may be shown only the first time: the caller saves them at once."""
        ...

    async def follow_up(self, vendor_order_id: str) -> FollowUpReport:
        """What became of a delivered order. Called only for kinds that follow the delivery."""
        ...

    @property
    def reference_lookup(self) -> ReferenceLookup | None:
        """None: the vendor takes no reference of ours.

        Then purchases with the account are made one at a time, a purchase is repeated only where it is
        proven not to have happened, and the account's own orders and balance tell what became of it.
        """
        ...


class Vendor(Account, OrderBook, Protocol):
    """A vendor's client. Services learn from its attributes how vendors differ, and never ask for a name."""

    name: str  # in the database and in product keys
    title: str  # as people call it
    host: str  # of its API
    credentials_fingerprint: str  # differs for other credentials, and tells nothing about them
    sends_recipient_email: bool  # an order carries the recipient's address only where the vendor writes to it
    save_unparsed_response: SaveUnparsedResponse  # awaited before anything else is made of such a response

    @property
    def sells(self) -> Mapping[str, Sells[Any]]:
        """By the kind of order; see bot/kinds."""
        ...

    @property
    def wallet_statement(self) -> WalletStatement | None:
        """None: the charges of the orders and the balance are all there is to reconcile with."""
        ...

    async def names(self) -> Names:
        """Of countries, currencies and categories: at most a day old."""
        ...

    async def aclose(self) -> None: ...


def takes_references(vendor: Vendor) -> bool:
    """False: purchases with its account are told apart by being made one at a time."""
    return all(sells.reference_lookup is not None for sells in vendor.sells.values())
