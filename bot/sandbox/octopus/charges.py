"""The charges of an order: the discount in the product's currency, then the exchange into the wallet's."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.sandbox.octopus.catalogue.search import Denomination, offered, visible_product
from bot.sandbox.octopus.errors import bad_request, not_found
from bot.sandbox.vendors.currencies import minor_units, rounded, usual_rate
from bot.sandbox.vendors.database import Database
from bot.sandbox.vendors.faults import Faults

MOST_VOUCHERS = 5000
QUOTE_LIFETIME_S = 300


@dataclass(frozen=True)
class Charges:
    """`face`, `discount` and `total` in the product's currency, `payable` in the wallet's."""

    product: Any
    wallet: Any
    face: Decimal
    percent: Decimal
    discount: Decimal
    total: Decimal
    forex_rate: Decimal | None
    payable: Decimal
    max_quantity: int

    @property
    def product_currency(self) -> str:
        return str(self.product["currency_code"])

    @property
    def wallet_currency(self) -> str:
        return str(self.wallet["currency"])

    def shown(self) -> dict[str, Any]:
        return {
            "non_discounted_total": self.face,
            "discount_amount": self.discount,
            "total_amount": self.total,
            "discount": self.percent,
            "gst_amount": rounded(Decimal(0), self.product_currency),
            "total_payable": self.payable,
            "max_quantity": self.max_quantity,
            "net_amount": self.payable,
            "handling_fee_amount": rounded(Decimal(0), self.wallet_currency),
            "charges_details": {
                "source_currency": self.product_currency,
                "destination_currency": self.wallet_currency,
                "forex_rate": self.forex_rate,
                "conversion_fee": None if self.forex_rate is None else Decimal("0.0"),
            },
        }


@dataclass(frozen=True)
class Basket:
    """A quantity of one denomination of one product."""

    client: Any
    product: Any
    offer: Denomination
    denomination: Decimal
    quantity: int


def choose(db: Database, client: Any, product_id: int, denomination: Decimal, quantity: int) -> Basket:
    """Answers 404 or 400 for what this client cannot buy."""
    product = visible_product(db, client["id"], product_id)
    try:
        offer = offered(product, minor_units(denomination, product["currency_code"]))
    except ValueError:
        offer = None
    if offer is None:
        raise bad_request("Invalid denomination")
    if quantity > max_quantity(client):
        raise bad_request("Quantity exceeds maximum allowed")
    return Basket(client, product, offer, denomination, quantity)


def wallet_for(db: Database, basket: Basket, wallet_id: int | None) -> Any:
    """The requested wallet, by default the one in the product's currency. Answers 404."""
    own = "SELECT * FROM wallets WHERE client_id = ?"
    if wallet_id is None:
        wallet = db.one(f"{own} AND currency = ?", basket.client["id"], basket.product["currency_code"])
    else:
        wallet = db.one(f"{own} AND id = ?", basket.client["id"], wallet_id)
    if wallet is None:
        raise not_found("Wallet not found")
    return wallet


def price(db: Database, basket: Basket, wallet: Any, faults: Faults) -> Charges:
    """The current charges; a `price-change` fault applies to this request only."""
    changed = faults["price-change"].options if "price-change" in faults else {}
    currency, paid_in = basket.product["currency_code"], wallet["currency"]
    face = rounded(basket.denomination * basket.quantity, currency)
    percent = Decimal(changed.get("discount", basket.offer.discount))
    discount = rounded(face * percent / 100, currency)
    total = face - discount
    rate = None
    if currency != paid_in:
        rate = Decimal(changed.get("forex_rate", rate_between(db, currency, paid_in)))
    payable = rounded(total * rate, paid_in) if rate else total
    return Charges(
        basket.product, wallet, face, percent, discount, total, rate, payable, max_quantity(basket.client)
    )


def rate_between(db: Database, source: str, destination: str) -> Decimal:
    """The rate that the back office has set, else the usual one."""
    row = db.one("SELECT rate FROM forex WHERE source = ? AND destination = ?", source, destination)
    return Decimal(row["rate"]) if row else usual_rate(source, destination)


def max_quantity(client: Any) -> int:
    return min(int(client["bulk_limit"]), MOST_VOUCHERS)
