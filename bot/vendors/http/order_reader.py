"""Parses responses about an order, and saves those that could not be fully parsed before they are used."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import ClassVar, Generic, TypeVar

from bot.kinds.gift_card import Voucher
from bot.vendors.contract import OutcomeUnknown, SaveUnparsedResponse, UnparsedResponse, VendorError
from bot.vendors.http.identity import VendorIdentity
from bot.vendors.http.responses import RawResponse, Response
from bot.vendors.http.unparsed import Fragment, fragment_of

T = TypeVar("T")
_HOLDS_NO_CARD = b' \t\r\n{}[]",:'


class OrderReader(ABC, Generic[T]):
    """Made for one request. A retried read gets several responses, and `order` returns that of the last."""

    vendor: ClassVar[VendorIdentity]
    _order: T | VendorError  # of the last response

    def __init__(
        self,
        parse: Callable[[Response], T],
        save: SaveUnparsedResponse,
        *,
        client_reference: str | None = None,
        vendor_order_id: str | None = None,
    ) -> None:
        self.client_reference, self.vendor_order_id = client_reference, vendor_order_id
        self._parse, self._save = parse, save

    async def receive(self, raw_response: RawResponse, outcome: Response | VendorError) -> None:
        """Take a response and what it means, before anything else is done with it."""
        if unparsed_response := self.read(raw_response, outcome):
            await self._save(unparsed_response)

    def read(self, raw_response: RawResponse, outcome: Response | VendorError) -> UnparsedResponse | None:
        """Parse a response. Returns what to save: None for one that was fully parsed, or that is a refusal.

        The response of an error is saved only if it shows cards.
        """
        fully_parsed = False
        if isinstance(outcome, Response):
            try:
                self._order = self._parse(outcome)
                fully_parsed = self.is_fully_parsed(outcome)
            except VendorError as error:
                self._order = outcome = error
        if fully_parsed or not raw_response.body.strip(_HOLDS_NO_CARD):
            return None
        if isinstance(outcome, VendorError) and not isinstance(outcome, OutcomeUnknown):
            return None
        vouchers = tuple(card for card in self.cards_in(fragment_of(raw_response.body)) if card.is_clear)
        if not raw_response.is_success and not vouchers:
            return None
        return UnparsedResponse(
            self.vendor.name,
            raw_response.body,
            vouchers,
            raw_response.request_id,
            self.client_reference,
            self.vendor_order_id,
        )

    def order(self) -> T:
        """The order, once the request has succeeded. Raises MalformedResponse."""
        if isinstance(self._order, VendorError):
            raise self._order
        return self._order

    @abstractmethod
    def is_fully_parsed(self, response: Response) -> bool:
        """False when parsing may have left out a card."""

    @abstractmethod
    def cards_in(self, fragment: Fragment) -> Iterable[Voucher]:
        """The cards that can be read beyond doubt, and surely belong to this order."""
