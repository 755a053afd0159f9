"""CardPlusPay's orders. Whether cards were delivered is decided by the cards, not by the status alone.

`amount` and `charged_amount` are what the account paid. `denomination` is face value.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, TypeVar

import structlog
from pydantic import AwareDatetime, BeforeValidator, Field

from bot.domain.money import Money, rounded
from bot.domain.quotes import OrderTerms
from bot.domain.reconciliation import ListedOrder
from bot.domain.vendor_orders import Purchase, VendorOrder, VendorOrderStatus
from bot.kinds.gift_card import GiftCardLine, Voucher
from bot.vendors.cardpluspay.identity import CARDPLUSPAY
from bot.vendors.cardpluspay.metadata import metadata_of
from bot.vendors.cardpluspay.payloads import Amount, Payload
from bot.vendors.cardpluspay.quotes import WALLET_ID
from bot.vendors.http.identifiers import Id
from bot.vendors.http.payloads import Lenient, Text, Trimmed, log_unknown_once, parse_as
from bot.vendors.http.responses import MalformedResponse, Response

log = structlog.get_logger()

T = TypeVar("T")
COMPLETED = "completed"  # the only documented status, of orders and of codes


class CodePayload(Payload):
    unused: ClassVar[frozenset[str]] = frozenset({"denomination_unit"})

    code: Lenient[Text] = Field(default=None, repr=False)
    item_code: Lenient[Text] = None
    denomination: Lenient[Amount] = None  # face value
    charged_amount: Lenient[Amount] = None
    currency: Lenient[Trimmed] = None
    metadata: Any = Field(default=None, repr=False)
    status: Lenient[Trimmed] = None

    @property
    def shows_more(self) -> bool:
        """False for short code objects, which leave metadata out whether or not the card has a PIN."""
        return bool(self.model_fields_set - {"code", "status"})

    def voucher(self) -> Voucher:
        more = metadata_of(self.metadata)
        return Voucher(self.code, more.pin, more.claim_url, more.expires_at, more.serial, more.more)


def _objects(value: Any) -> list[Any]:
    return [element for element in value if isinstance(element, dict)] if isinstance(value, list) else []


class OrderPayload(Payload):
    key: ClassVar[str] = "order_id"
    unused: ClassVar[frozenset[str]] = frozenset(
        {"order_no", "state", "type", "brand", "total_denomination", "denomination_unit"}
        | {"item_code", "quantity", "email"}
    )

    order_id: Lenient[Id] = None
    status: Lenient[Trimmed] = None
    amount: Lenient[Amount] = None  # charged
    created_at: Lenient[AwareDatetime] = None
    codes: Annotated[list[CodePayload], BeforeValidator(_objects)] = Field(default_factory=list, repr=False)

    @property
    def is_completed(self) -> bool:
        return self.status == COMPLETED

    @property
    def filled(self) -> list[CodePayload]:
        """Cards with a code. In an unfinished order only completed ones count, others may be placeholders."""
        return [
            each
            for each in self.codes
            if each.code is not None and (self.is_completed or each.status in (None, COMPLETED))
        ]

    def charge(self, currency: str) -> Money | None:
        """The total in the account's currency. None if it is not given, or given in another currency."""
        if any(each.currency not in (None, currency) for each in self.codes):
            log_unknown_once(CARDPLUSPAY, "currency", "CodePayload", "another than the account's")
            return None
        charged = [each.charged_amount for each in self.codes]
        parts = [amount for amount in charged if amount is not None]
        total = sum(parts, Decimal(0)) if parts and len(parts) == len(charged) else None
        if self.amount is not None and total is not None and self.amount != total:
            log.error("cardpluspay_amounts_do_not_add_up", vendor_order_id=self.order_id)
        amount = total if self.amount is None else self.amount
        return None if amount is None else Money(rounded(amount, currency), currency)

    def at(self) -> datetime | None:
        return self.created_at.astimezone(UTC) if self.created_at else None

    def listed(self, currency: str) -> ListedOrder | None:
        """As an entry of the order list. None without a number."""
        if self.order_id is None:
            return None
        return ListedOrder(self.order_id, None, None, None, None, WALLET_ID, self.at(), self.charge(currency))

    def vendor_order(
        self,
        status: VendorOrderStatus,
        request_id: str | None,
        currency: str,
        asked: OrderTerms[GiftCardLine] | None = None,
    ) -> VendorOrder:
        """Product and face value are those of the cards: of one that differs from `asked`, if any."""
        kinds = [each.item_code for each in self.codes]
        values = [each.denomination for each in self.codes]
        return VendorOrder(
            vendor_order_id=self.order_id or "",
            status=status,
            product_id=_of_all(kinds, asked.line.product_id if asked else None) or "",
            denomination=_of_all(values, asked.line.denomination.amount if asked else None) or Decimal(0),
            quantity=0,  # no response says how many were ordered
            client_reference=None,
            deliverables=tuple(each.voucher() for each in self.filled),
            request_id=request_id,
            charge=self.charge(currency),
            created_at=self.at(),
            pins_left_out=not any(each.shows_more for each in self.codes),
        )


def _of_all(shown: Sequence[T | None], asked: T | None) -> T | None:
    """The value that all cards share, or one that differs from `asked`. None if there is no single value."""
    said = [each for each in shown if each is not None]
    odd = [each for each in said if asked is not None and each != asked]
    if odd:
        return odd[0]
    return said[0] if said and all(each == said[0] for each in said) else None


def placed(response: Response, purchase: Purchase[GiftCardLine]) -> VendorOrder:
    """The order of a purchase just made. Raises MalformedResponse if it has neither number nor codes.

    Completed means delivered with all cards, partially delivered with some, and pending with none.
    """
    order, asked = parse_as(OrderPayload, response), purchase.terms
    cards = len(order.filled)
    if order.order_id is None and not cards:
        raise MalformedResponse(
            f"{CARDPLUSPAY.title} took the order but did not say under which number.",
            request_id=response.request_id,
        )
    status = _status(order)
    if status is VendorOrderStatus.DELIVERED and cards < asked.line.quantity:
        status = VendorOrderStatus.PARTIALLY_DELIVERED
    return order.vendor_order(status, response.request_id, asked.line.denomination.currency, asked)


def fetched(response: Response, vendor_order_id: str, currency: str) -> VendorOrder:
    """The order with that number. Raises MalformedResponse for another one: its codes may not be ours.

    Delivered means that the vendor says so and shows cards. Only the caller knows whether these are all.
    """
    order = parse_as(OrderPayload, response)
    if order.order_id != vendor_order_id:
        raise MalformedResponse(
            f"{CARDPLUSPAY.title} was asked for order {vendor_order_id} and sent another.",
            request_id=response.request_id,
        )
    return order.vendor_order(_status(order), response.request_id, currency)


def _status(order: OrderPayload) -> VendorOrderStatus:
    """An unknown status never counts as a failure, which would invite a second purchase."""
    if order.is_completed:
        return VendorOrderStatus.DELIVERED if order.filled else VendorOrderStatus.PENDING
    log_unknown_once(CARDPLUSPAY, "status", "OrderPayload", (order.status or "none")[:64])
    return VendorOrderStatus.UNKNOWN
