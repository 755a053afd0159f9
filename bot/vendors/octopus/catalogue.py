"""Octopus Cards' products, reference tables and wallets, and where their pages end."""

from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from bot.domain.catalogue import Denomination, Product, ProductDetails
from bot.domain.money import precision
from bot.vendors.http.identifiers import Id
from bot.vendors.http.payloads import Count, Currency, Lenient, Number, Trimmed, log_unknown_once
from bot.vendors.octopus.identity import OCTOPUS
from bot.vendors.octopus.payloads import Payload

_LONGEST_IMAGE_URL = 3000  # Slack's limit

Country = Annotated[Trimmed, StringConstraints(pattern=r"^[A-Z]{3}$")]
ImageUrl = Annotated[Trimmed, StringConstraints(pattern=r"^https?://\S+$", max_length=_LONGEST_IMAGE_URL)]


class DenominationPayload(Payload):
    min_value: Lenient[Number] = None
    max_value: Lenient[Number] = None
    discount: Lenient[Number] = None

    def denomination(self) -> Denomination | None:
        """None if the bounds are missing or make no sense."""
        if self.min_value is None or self.max_value is None or not 0 < self.min_value <= self.max_value:
            return None
        return Denomination(self.min_value, self.max_value, self.discount or Decimal(0))


def _objects(value: Any) -> Any:
    return [element for element in value if isinstance(element, dict)] if isinstance(value, list) else value


def _sellable(payloads: list[DenominationPayload]) -> list[DenominationPayload]:
    if not any(payload.denomination() for payload in payloads):
        raise ValueError("no face value it is sold at")
    return payloads


class ProductPayload(Payload):
    unused: ClassVar[frozenset[str]] = frozenset({"terms", "details", "how_to_use"})

    id: Id
    name: Trimmed
    category: Trimmed
    sub_category: Lenient[Trimmed] = None
    country_code: Country
    currency_code: Currency
    image_url: Lenient[ImageUrl] = None
    delivery_mode: Lenient[Trimmed] = None
    delivery_time: Lenient[Trimmed] = None
    validity: Lenient[Trimmed] = None
    available_denominations: Annotated[
        list[DenominationPayload], BeforeValidator(_objects), AfterValidator(_sellable)
    ]

    def product(self, vendor: str) -> Product:
        denominations = (payload.denomination() for payload in self.available_denominations)
        return Product(
            vendor=vendor,
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


class DetailsPayload(Payload):
    unused: ClassVar[frozenset[str]] = frozenset(ProductPayload.model_fields)

    terms: Lenient[Trimmed] = None
    details: Lenient[Trimmed] = None
    how_to_use: Lenient[Trimmed] = None

    def product_details(self) -> ProductDetails:
        return ProductDetails(self.terms, self.details, self.how_to_use)


class AvailabilityPayload(Payload):
    is_available: bool = Field(strict=True)


class CountryPayload(Payload):
    unused: ClassVar[frozenset[str]] = frozenset(
        {"id", "official_name", "alpha_2", "numeric_code", "dialing_prefix"}
    )

    name: Trimmed
    alpha_3: Country


class CurrencyPayload(Payload):
    id: Id
    currency: Currency
    name: Lenient[Trimmed] = None
    precision: Lenient[Count] = None

    def model_post_init(self, _: Any) -> None:
        # We use ISO 4217. A vendor that differs would round differently.
        if self.precision not in (None, precision(self.currency)):
            log_unknown_once(OCTOPUS, "precision", self.currency, str(self.precision))


class CategoryPayload(Payload):
    id: Id
    name: Trimmed


class WalletPayload(Payload):
    id: Id
    currency_id: Id
    amount: Number
    type: Lenient[Trimmed] = None
