"""Products, countries, currencies and wallets as the vendor writes them, and where their pages end."""

from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from bot.domain.catalogue import Denomination, Product, ProductDetails
from bot.domain.money import precision
from bot.providers.http.answers import Reply
from bot.providers.http.identifiers import Id
from bot.providers.http.shapes import Count, Currency, Maybe, Number, Trimmed, mention
from bot.providers.octopus.shapes import Shape, elements
from bot.providers.octopus.vendor import OCTOPUS

_LONGEST_IMAGE_URL = 3000  # Slack's limit

Country = Annotated[Trimmed, StringConstraints(pattern=r"^[A-Z]{3}$")]
ImageUrl = Annotated[Trimmed, StringConstraints(pattern=r"^https?://\S+$", max_length=_LONGEST_IMAGE_URL)]


class DenominationShape(Shape):
    min_value: Maybe[Number] = None
    max_value: Maybe[Number] = None
    discount: Maybe[Number] = None

    def denomination(self) -> Denomination | None:
        """None where the bounds are missing or make no sense."""
        if self.min_value is None or self.max_value is None or not 0 < self.min_value <= self.max_value:
            return None
        return Denomination(self.min_value, self.max_value, self.discount or Decimal(0))


def _objects(value: Any) -> Any:
    return [element for element in value if isinstance(element, dict)] if isinstance(value, list) else value


def _sellable(shapes: list[DenominationShape]) -> list[DenominationShape]:
    if not any(shape.denomination() for shape in shapes):
        raise ValueError("no face value it is sold at")
    return shapes


class ProductShape(Shape):
    unused: ClassVar[frozenset[str]] = frozenset({"terms", "details", "how_to_use"})

    id: Id
    name: Trimmed
    category: Trimmed
    sub_category: Maybe[Trimmed] = None
    country_code: Country
    currency_code: Currency
    image_url: Maybe[ImageUrl] = None
    delivery_mode: Maybe[Trimmed] = None
    delivery_time: Maybe[Trimmed] = None
    validity: Maybe[Trimmed] = None
    available_denominations: Annotated[
        list[DenominationShape], BeforeValidator(_objects), AfterValidator(_sellable)
    ]

    def product(self, provider: str) -> Product:
        denominations = (shape.denomination() for shape in self.available_denominations)
        return Product(
            provider=provider,
            product_id=self.id,
            name=self.name,
            category=self.category,
            country=self.country_code,
            currency=self.currency_code,
            denominations=tuple(d for d in denominations if d is not None),
            sub_category=self.sub_category,
            delivery_mode=self.delivery_mode,
            delivery_time=self.delivery_time,
            validity=self.validity,
            image_url=self.image_url,
        )


class DetailsShape(Shape):
    unused: ClassVar[frozenset[str]] = frozenset(ProductShape.model_fields)

    terms: Maybe[Trimmed] = None
    details: Maybe[Trimmed] = None
    how_to_use: Maybe[Trimmed] = None

    def product_details(self) -> ProductDetails:
        return ProductDetails(self.terms, self.details, self.how_to_use)


class AvailabilityShape(Shape):
    is_available: bool = Field(strict=True)


class CountryShape(Shape):
    unused: ClassVar[frozenset[str]] = frozenset(
        {"id", "official_name", "alpha_2", "numeric_code", "dialing_prefix"}
    )

    name: Trimmed
    alpha_3: Country


class CurrencyShape(Shape):
    id: Id
    currency: Currency
    name: Maybe[Trimmed] = None
    precision: Maybe[Count] = None

    def model_post_init(self, _: Any) -> None:
        # Ours are ISO 4217's. A vendor that differs would round differently.
        if self.precision not in (None, precision(self.currency)):
            mention(OCTOPUS, "precision", self.currency, str(self.precision))


class CategoryShape(Shape):
    id: Id
    name: Trimmed


class WalletShape(Shape):
    id: Id
    currency_id: Id
    amount: Number
    type: Maybe[Trimmed] = None


def total_of(reply: Reply) -> int | None:
    """How many there are on all pages together, where the vendor says so."""
    total = reply.headers.get("x-total-count", "")
    return int(total) if total.isascii() and total.isdigit() and len(total) < 10 else None


def more_by_headers(reply: Reply, page: int) -> bool | None:
    """What the page headers say; None without them."""
    more = reply.headers.get("x-has-more", "").lower()
    pages = reply.headers.get("x-total-pages", "")
    if more in ("true", "false"):
        return more == "true"
    if pages.isascii() and pages.isdigit() and len(pages) < 10:
        return page < int(pages)
    return None


def has_more(reply: Reply, page: int, limit: int) -> bool:
    """Without page headers, a full page may have another behind it."""
    size, more = len(elements(reply)), more_by_headers(reply, page)
    return size > 0 and (size >= limit if more is None else more)
