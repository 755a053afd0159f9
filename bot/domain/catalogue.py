"""Products, their denominations, and wallets, whoever the vendor is."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.money import Money, plain, precision, rounded


class InvalidDenomination(ValueError):
    """The product is not sold at this face value; the message says at which it is."""


@dataclass(frozen=True, slots=True)
class Denomination:
    """A fixed face value (`minimum == maximum`) or a range, in the product's currency."""

    minimum: Decimal
    maximum: Decimal
    discount: Decimal  # percent off face value

    @property
    def is_fixed(self) -> bool:
        return self.minimum == self.maximum

    def __contains__(self, amount: Decimal) -> bool:
        return self.minimum <= amount <= self.maximum

    def estimated_cost(self, amount: Decimal, currency: str) -> Money:
        """What a card of this face value costs by the catalogue: only the vendor's quote is binding."""
        return Money(rounded(amount * (100 - self.discount) / 100, currency), currency)

    def __str__(self) -> str:
        return plain(self.minimum) if self.is_fixed else f"{plain(self.minimum)}–{plain(self.maximum)}"


@dataclass(frozen=True, slots=True)
class Product:
    """One brand in one country and currency, as a vendor sells it. `key` is unique across vendors."""

    vendor: str
    product_id: str
    name: str
    category: str
    country: str  # ISO 3166-1 alpha-3, or GLO
    currency: str
    denominations: tuple[Denomination, ...]
    sub_category: str | None = None
    delivery_mode: str | None = None
    delivery_time: str | None = None
    validity: str | None = None
    image_url: str | None = None
    brand: str | None = None  # where the vendor tells it apart from the name
    kind: str = "gift_card"  # of the orders for it

    @property
    def key(self) -> str:
        own = self.product_id if self.kind == "gift_card" else f"{self.kind}:{self.product_id}"
        return f"{self.vendor}:{own}"

    @property
    def fixed_only(self) -> bool:
        return all(denomination.is_fixed for denomination in self.denominations)

    @property
    def only_face_value(self) -> Decimal | None:
        """The face value of a product that has just one: nobody has to choose it."""
        values = {d.minimum for d in self.denominations}
        return values.pop() if self.fixed_only and len(values) == 1 else None

    @property
    def offered(self) -> str:
        """`20, 25–150`: the face values it is sold at."""
        return ", ".join(str(d) for d in self.denominations)

    def sells(self, amount: Decimal) -> bool:
        return any(amount in denomination for denomination in self.denominations)

    def estimated_cost(self, amount: Decimal) -> Money:
        """As `Denomination.estimated_cost`, for an amount it is sold at; a fixed one goes before a range."""
        fitting = [denomination for denomination in self.denominations if amount in denomination]
        return min(fitting, key=lambda d: not d.is_fixed).estimated_cost(amount, self.currency)

    def denomination(self, amount: Decimal) -> Decimal:
        """`amount`, if the product is sold at that face value. Raises WrongDenomination."""
        if -int(amount.as_tuple().exponent) > precision(self.currency) and amount != round(
            amount, precision(self.currency)
        ):
            raise InvalidDenomination(f"{self.currency} has {precision(self.currency)} decimals.")
        if not self.sells(amount):
            raise InvalidDenomination(
                f"{self.name} is not sold at {Money(amount, self.currency)}. "
                f"Choose from {self.currency} {self.offered}."
            )
        return amount


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """Some of a vendor's products, and how many there are in all, where it says so."""

    products: tuple[Product, ...]
    total: int | None


@dataclass(frozen=True, slots=True)
class ProductDetails:
    """What the detail page adds: long texts, any of which may be missing."""

    terms: str | None = None
    details: str | None = None
    how_to_use: str | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What a vendor calls the codes it uses."""

    countries: Mapping[str, str]  # by alpha-3
    currencies: Mapping[str, str]  # by ISO 4217 code
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wallet:
    """Money held at a vendor."""

    vendor: str
    wallet_id: str
    balance: Money
    kind: str  # PREPAID, POSTPAID, or what the vendor calls it
