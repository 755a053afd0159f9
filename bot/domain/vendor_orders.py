"""An order as it goes to a vendor, and as the vendor has it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from bot.domain.money import Money
from bot.domain.quotes import Terms
from bot.domain.vouchers import Voucher


class VendorOrderStatus(StrEnum):
    PENDING = "pending"  # paid, being fulfilled
    PARTIALLY_DELIVERED = "partially_delivered"
    DELIVERED = "delivered"
    FAILED = "failed"  # the vendor refunds by itself
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"  # a status this version has never heard of


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order as it goes to the vendor."""

    terms: Terms
    client_reference: str
    recipient_email: str | None


@dataclass(frozen=True, slots=True)
class VendorOrder:
    """An order as the vendor has it. `vouchers` may be fewer than ordered, or masked."""

    vendor_order_id: str
    status: VendorOrderStatus
    product_id: str
    denomination: Decimal  # face value of one card
    quantity: int
    client_reference: str | None
    vouchers: tuple[Voucher, ...]
    request_id: str | None
    charge: Money | None = None  # the total, where this response states it
    created_at: datetime | None = None
    pins_left_out: bool = False  # this response shows no PINs, whether the cards have one or not

    def matches(self, purchase: Purchase) -> bool:
        """True when this is the order we meant, as far as the vendor says: product, denomination, quantity.

        A field that is left out ("", 0, None) contradicts nothing: its codes may be the only copy.
        """
        terms = purchase.terms
        return (
            self.product_id in ("", terms.product_id)
            and self.denomination in (0, terms.denomination.amount)
            and self.quantity in (0, terms.quantity)
            and (self.client_reference or purchase.client_reference).casefold()
            == purchase.client_reference.casefold()
        )
