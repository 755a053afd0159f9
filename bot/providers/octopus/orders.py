"""An order as the vendor writes it. A readable voucher code outweighs any other oddity."""

from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import AwareDatetime, BeforeValidator, Field

from bot.domain.matching import ListedOrder
from bot.domain.vouchers import Voucher
from bot.providers.contract import Purchase, Receipt, ReceiptStatus
from bot.providers.http.answers import Reply, Unreadable
from bot.providers.http.identifiers import Id
from bot.providers.http.shapes import Count, Maybe, Number, Text, Trimmed, mention, read_as
from bot.providers.octopus.shapes import Shape, elements
from bot.providers.octopus.vendor import OCTOPUS

_STATUSES = {
    "PENDING": ReceiptStatus.PENDING,
    "PARTIALLY_DELIVERED": ReceiptStatus.PARTLY_DELIVERED,
    "DELIVERED": ReceiptStatus.DELIVERED,
    "FAILED": ReceiptStatus.FAILED,
    "CANCELLED": ReceiptStatus.CANCELLED,
}


class VoucherShape(Shape):
    card_number: Maybe[Text] = Field(default=None, repr=False)
    pin_code: Maybe[Text] = Field(default=None, repr=False)
    claim_url: Maybe[Text] = Field(default=None, repr=False)
    expires_at: Maybe[Trimmed] = None
    voucher_reference_number: Maybe[Trimmed] = None

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


class OrderShape(Shape):
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

    id: Maybe[Id] = None
    status: Maybe[Trimmed] = None
    product_id: Maybe[Id] = None
    denomination: Maybe[Number] = None
    quantity: Maybe[Count] = None
    client_reference: Maybe[Trimmed] = None
    vouchers: Annotated[list[VoucherShape], BeforeValidator(_objects)] = Field(
        default_factory=list, repr=False
    )
    wallet_id: Maybe[Id] = None
    created_at: Maybe[AwareDatetime] = None

    def listed(self) -> ListedOrder | None:
        """As a line of the vendor's list; None without a number, because then it is nothing."""
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

    def receipt(self, request_id: str | None, purchase: Purchase | None = None) -> Receipt:
        """What is missing from a fresh order is taken from the purchase; elsewhere it matches nothing."""
        terms = purchase.terms if purchase else None
        return Receipt(
            provider_order_id=self.id or "",
            status=_status(self.status),
            product_id=self.product_id or (terms.product_id if terms else ""),
            denomination=self.denomination
            if self.denomination is not None
            else (terms.denomination.amount if terms else Decimal(0)),
            quantity=self.quantity if self.quantity is not None else (terms.quantity if terms else 0),
            client_reference=self.client_reference,
            vouchers=tuple(shape.voucher() for shape in self.vouchers),
            request_id=request_id,
        )


def _status(word: str | None) -> ReceiptStatus:
    status = _STATUSES.get(word or "", ReceiptStatus.UNKNOWN)
    if status is ReceiptStatus.UNKNOWN:
        mention(OCTOPUS, "status", "OrderShape", (word or "none")[:64])
    return status


def placed(reply: Reply, purchase: Purchase) -> Receipt:
    """The receipt of a purchase just made. Raises Unreadable when it has neither number nor codes."""
    receipt = read_as(OrderShape, reply).receipt(reply.request_id, purchase)
    if not receipt.provider_order_id and not any(voucher.is_clear for voucher in receipt.vouchers):
        raise Unreadable(
            "Octopus Cards took the order but did not say under which number.", request_id=reply.request_id
        )
    return receipt


def fetched(reply: Reply, provider_order_id: str) -> Receipt:
    """The order with that number. Raises Unreadable for any other: its codes are not ours to show."""
    order = read_as(OrderShape, reply)
    if order.id != provider_order_id:
        raise Unreadable(
            f"Octopus Cards was asked for order {provider_order_id} and sent another.",
            request_id=reply.request_id,
        )
    return order.receipt(reply.request_id)


def found(reply: Reply, client_reference: str) -> Receipt | None:
    """The order under that reference; None only when the vendor lists nothing at all.

    An element without an echoed reference counts when it is the only one. Raises Unreadable otherwise.
    """
    listed = elements(reply)
    if not listed:
        return None
    orders = [read_as(OrderShape, Reply(each, reply.headers, reply.request_id)) for each in listed]
    ours = [order for order in orders if order.client_reference == client_reference]
    if not ours and len(orders) == 1 and orders[0].client_reference is None:
        ours = orders
    if len(ours) != 1 or ours[0].id is None:
        raise Unreadable(
            f"Octopus Cards was asked for the order under {client_reference} and listed {len(orders)} "
            f"orders, {len(ours)} of them under it.",
            request_id=reply.request_id,
        )
    return ours[0].receipt(reply.request_id)
