"""An order as it goes to a vendor, and as the vendor has it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Generic

from bot.domain.lines import Deliverable, Line
from bot.domain.money import Money
from bot.domain.quotes import LineT, OrderTerms


class VendorOrderStatus(StrEnum):
    PENDING = "pending"  # paid, being fulfilled
    PARTIALLY_DELIVERED = "partially_delivered"
    DELIVERED = "delivered"
    FAILED = "failed"  # the vendor refunds by itself
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"  # a status this version has never heard of


@dataclass(frozen=True, slots=True)
class Purchase(Generic[LineT]):
    """An order as it goes to the vendor."""

    terms: OrderTerms[LineT]
    client_reference: str
    recipient_email: str | None


@dataclass(frozen=True, slots=True)
class VendorOrder:
    """An order as the vendor has it. `deliverables` may be fewer than ordered, or masked."""

    vendor_order_id: str
    status: VendorOrderStatus
    product_id: str
    denomination: Decimal  # the face value of one unit
    quantity: int
    client_reference: str | None
    deliverables: tuple[Deliverable, ...]
    request_id: str | None
    charge: Money | None = None  # the total, where this response states it
    created_at: datetime | None = None
    details: Mapping[str, str] = field(default_factory=dict)  # what else tells it apart, by its kind
    pins_left_out: bool = False  # this response shows no PINs, whether the cards have one or not

    def matches(self, purchase: Purchase[Line]) -> bool:
        """True when this is the order we meant, as far as the vendor says.

        A field that is left out ("", 0, None) contradicts nothing: its codes may be the only copy.
        """
        reference = self.client_reference or purchase.client_reference
        return reference.casefold() == purchase.client_reference.casefold() and purchase.terms.line.matches(
            self
        )
