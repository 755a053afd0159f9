"""Octopus Cards' orders. Odd fields are ignored, as long as voucher codes can be read."""

from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import AwareDatetime, BeforeValidator, Field

from bot.domain.reconciliation import ListedOrder
from bot.domain.vendor_orders import Purchase, VendorOrder, VendorOrderStatus
from bot.kinds.gift_card import GiftCardLine, Voucher
from bot.vendors.http.identifiers import Id
from bot.vendors.http.payloads import Count, Lenient, Number, Text, Trimmed, log_unknown_once, parse_as
from bot.vendors.http.responses import MalformedResponse, Response
from bot.vendors.octopus.identity import OCTOPUS
from bot.vendors.octopus.payloads import Payload, elements

_STATUSES = {
    "PENDING": VendorOrderStatus.PENDING,
    "PARTIALLY_DELIVERED": VendorOrderStatus.PARTIALLY_DELIVERED,
    "DELIVERED": VendorOrderStatus.DELIVERED,
    "FAILED": VendorOrderStatus.FAILED,
    "CANCELLED": VendorOrderStatus.CANCELLED,
}


class VoucherPayload(Payload):
    card_number: Lenient[Text] = Field(default=None, repr=False)
    pin_code: Lenient[Text] = Field(default=None, repr=False)
    claim_url: Lenient[Text] = Field(default=None, repr=False)
    expires_at: Lenient[Trimmed] = None
    voucher_reference_number: Lenient[Trimmed] = None

    def voucher(self) -> Voucher:
        return Voucher(
            self.card_number,
            self.pin_code,
            self.claim_url,
            self.expires_at,
            self.voucher_reference_number,
        )


def _objects(value: Any) -> list[Any]:
    return [element for element in value if isinstance(element, dict)] if isinstance(value, list) else []


class OrderPayload(Payload):
    unused: ClassVar[frozenset[str]] = frozenset(
        {
            "product_name",
            "amount",
            "discount",
            "base_currency",
            "deduction_currency",
            "message",
            "email",
            "delivered_on",
            "delivered_quantity",
        }
    )

    id: Lenient[Id] = None
    status: Lenient[Trimmed] = None
    product_id: Lenient[Id] = None
    denomination: Lenient[Number] = None
    quantity: Lenient[Count] = None
    client_reference: Lenient[Trimmed] = None
    vouchers: Annotated[list[VoucherPayload], BeforeValidator(_objects)] = Field(
        default_factory=list, repr=False
    )
    wallet_id: Lenient[Id] = None
    created_at: Lenient[AwareDatetime] = None

    def listed(self) -> ListedOrder | None:
        """As an entry of the order list. None without a number."""
        if self.id is None:
            return None
        return ListedOrder(
            self.id,
            self.client_reference,
            self.product_id,
            self.denomination,
            self.quantity,
            self.wallet_id,
            self.created_at,
        )

    def vendor_order(
        self, request_id: str | None, purchase: Purchase[GiftCardLine] | None = None
    ) -> VendorOrder:
        """Fields that are missing are taken from the purchase, where there is one."""
        terms = purchase.terms if purchase else None
        return VendorOrder(
            vendor_order_id=self.id or "",
            status=_status(self.status),
            product_id=self.product_id or (terms.line.product_id if terms else ""),
            denomination=self.denomination
            if self.denomination is not None
            else (terms.line.denomination.amount if terms else Decimal(0)),
            quantity=self.quantity if self.quantity is not None else (terms.line.quantity if terms else 0),
            client_reference=self.client_reference,
            deliverables=tuple(payload.voucher() for payload in self.vouchers),
            request_id=request_id,
        )


def _status(word: str | None) -> VendorOrderStatus:
    status = _STATUSES.get(word or "", VendorOrderStatus.UNKNOWN)
    if status is VendorOrderStatus.UNKNOWN:
        log_unknown_once(OCTOPUS, "status", "OrderPayload", (word or "none")[:64])
    return status


def placed(response: Response, purchase: Purchase[GiftCardLine]) -> VendorOrder:
    """The order of a purchase just made. Raises MalformedResponse if it has neither number nor codes."""
    vendor_order = parse_as(OrderPayload, response).vendor_order(response.request_id, purchase)
    if not vendor_order.vendor_order_id and not any(
        voucher.is_clear for voucher in vendor_order.deliverables
    ):
        raise MalformedResponse(
            "Octopus Cards took the order but did not say under which number.", request_id=response.request_id
        )
    return vendor_order


def fetched(response: Response, vendor_order_id: str) -> VendorOrder:
    """The order with that number. Raises MalformedResponse for another one: its codes may not be ours."""
    order = parse_as(OrderPayload, response)
    if order.id != vendor_order_id:
        raise MalformedResponse(
            f"Octopus Cards was asked for order {vendor_order_id} and sent another.",
            request_id=response.request_id,
        )
    return order.vendor_order(response.request_id)


def found(response: Response, client_reference: str) -> VendorOrder | None:
    """The order with that reference. None only if the vendor's list is empty.

    A single element without a reference is taken for it. Raises MalformedResponse for anything else.
    """
    listed = elements(response)
    if not listed:
        return None
    orders = [
        parse_as(OrderPayload, Response(each, response.headers, response.request_id)) for each in listed
    ]
    ours = [order for order in orders if order.client_reference == client_reference]
    if not ours and len(orders) == 1 and orders[0].client_reference is None:
        ours = orders
    if len(ours) != 1 or ours[0].id is None:
        raise MalformedResponse(
            f"Octopus Cards was asked for the order under {client_reference} and listed {len(orders)} "
            f"orders, {len(ours)} of them under it.",
            request_id=response.request_id,
        )
    return ours[0].vendor_order(response.request_id)
