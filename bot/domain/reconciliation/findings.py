"""What a match can find."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.money import Money
from bot.domain.orders import Order


class FindingKind(StrEnum):
    """What does not fit, the worst first."""

    UNKNOWN_ORDER = "unknown_order"  # nobody asked for it here: the API key is used elsewhere
    NOT_APPROVED = "not_approved"  # at the vendor, though here nothing should have been bought
    BOUGHT_TWICE = "bought_twice"  # several orders at the vendor under one reference
    UNKNOWN_DEBIT = "unknown_debit"  # money left a wallet for no order
    AMOUNT_DIFFERS = "amount_differs"
    OTHER_TERMS = "other_terms"  # the vendor has another product, face value, quantity, wallet or number
    MISSING_ORDER = "missing_order"  # paid by our books, and the vendor does not list it
    NO_DEBIT = "no_debit"  # at the vendor and here, and no money moved
    REFUND_MISSING = "refund_missing"
    UNEXPECTED_CREDIT = "unexpected_credit"  # money came back for cards that are here
    BALANCE_ROSE = "balance_rose"  # where there is no statement that says why
    NOT_BOUGHT_YET = "not_bought_yet"  # approved long ago
    NOT_REVEALED = "not_revealed"  # codes are here and the requester never looked


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not fit, and a sentence about it. No secrets."""

    kind: FindingKind
    message: str
    client_reference: str | None = None
    vendor_order_id: str | None = None
    transaction_id: str | None = None


@dataclass(frozen=True, slots=True)
class FindingFactory:
    """Makes findings about one of our orders; `number` is the vendor's."""

    order: Order
    number: str | None

    def __call__(self, kind: FindingKind, message: str) -> Finding:
        reference = self.order.client_reference
        return Finding(kind, f"{reference}: {message}", reference, self.number)


@dataclass(frozen=True, slots=True)
class BookedRefund:
    client_reference: str
    vendor_order_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class ReconciliationResult:
    """`findings` is empty when the books agree; `refunds` are in order and worth knowing."""

    findings: tuple[Finding, ...]
    refunds: tuple[BookedRefund, ...]


def state_text(order: Order) -> str:
    return order.state.value.replace("_", " ")


def since_when(order: Order) -> str:
    return f"{order.state_since:%Y-%m-%d %H:%M} UTC"
