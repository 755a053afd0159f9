"""CardPlusPay's products, as far as their format is known. One item code is one face value."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, StringConstraints

from bot.domain.catalogue import Denomination, Product, ProductDetails
from bot.domain.countries import ALPHA_2, ALPHA_3, EVERYWHERE
from bot.domain.money import rounded
from bot.vendors.cardpluspay.payloads import Amount, Payload
from bot.vendors.http.payloads import Currency, Lenient, Text, Trimmed

_LONGEST_ITEM_CODE = 200
_MOST_DECIMALS = 12

ItemCode = Annotated[Text, StringConstraints(pattern=r"^\S(.*\S)?$", max_length=_LONGEST_ITEM_CODE)]
Word = Annotated[Trimmed, AfterValidator(str.upper)]


class ProductPayload(Payload):
    key: ClassVar[str] = "item_code"
    unused: ClassVar[frozenset[str]] = frozenset({"region"})

    item_code: ItemCode
    value: Annotated[Amount, Field(gt=0)]
    currency: Currency
    product_name: Lenient[Trimmed] = None
    brand: Lenient[Trimmed] = None
    category: Lenient[Trimmed] = None
    price: Lenient[Annotated[Amount, Field(gt=0)]] = None
    delivery_type: Lenient[Word] = None
    country_code: Any = None

    @property
    def is_posted(self) -> bool:
        """A card sent by post, without a code to deliver."""
        return self.delivery_type == "PHYSICAL"

    def product(self, vendor: str) -> Product:
        off = discount_percent(self.value, self.price, self.currency) if self.price else Decimal(0)
        return Product(
            vendor=vendor,
            product_id=self.item_code,
            name=self.product_name or self.brand or self.item_code,
            category=self.category or "Gift cards",
            country=country(self.country_code),
            currency=self.currency,
            denominations=(Denomination(self.value, self.value, off),),
            delivery_mode=self.delivery_type,
            brand=self.brand,
        )


class DetailsPayload(Payload):
    """Long texts are not documented. Other vendors use these two names."""

    key: ClassVar[str] = ProductPayload.key
    unused: ClassVar[frozenset[str]] = frozenset({*ProductPayload.model_fields, *ProductPayload.unused})

    item_code: ItemCode
    terms: Lenient[Trimmed] = None
    description: Lenient[Trimmed] = None

    def product_details(self) -> ProductDetails:
        return ProductDetails(terms=self.terms, details=self.description)


def discount_percent(value: Decimal, price: Decimal, currency: str) -> Decimal:
    """Percent off `value`, with just enough decimals to give the price again. Negative if it costs more."""
    exact = (value - price) * 100 / value
    for decimals in range(2, _MOST_DECIMALS):
        percent = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        if rounded(value * (100 - percent) / 100, currency) == rounded(price, currency):
            return percent
    return exact


def country(codes: Any) -> str:
    """Alpha-3 code of the country, or everywhere if there are several or none is given."""
    only = codes[0] if isinstance(codes, list) and len(codes) == 1 else codes
    code = only.strip().upper() if isinstance(only, str) else ""
    return code if code in ALPHA_2 else ALPHA_3.get(code, EVERYWHERE)
