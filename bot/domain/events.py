"""What a vendor tells us unasked: an event, verified to come from it."""

from dataclasses import dataclass, field
from enum import StrEnum


class Subject(StrEnum):
    ORDER = "order"
    WALLET = "wallet"
    OTHER = "other"  # something this version has never heard of


@dataclass(frozen=True, slots=True)
class VendorEvent:
    """`event_id` is the same when the event comes again. It is news, never the truth: that is read."""

    vendor: str
    event_id: str
    kind: str  # the vendor's own word, such as `order.delivered`
    subject: Subject
    body: bytes = field(repr=False)  # as it came
    vendor_order_id: str | None = None
    client_reference: str | None = None
    wallet_id: str | None = None
    fence: int | None = field(default=None, compare=False)  # of the claim a worker has it under
