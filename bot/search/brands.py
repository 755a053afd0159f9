"""What makes products of several vendors the same thing: brand, country and currency."""

from functools import cache

from bot.domain.catalogue import Product
from bot.domain.countries import ALPHA_2, EVERYWHERE, country_name
from bot.domain.money import plain
from bot.search.text_folding import fold

_GENERIC_WORDS = frozenset(
    "card cards code com digital egift evoucher gift giftcard giftcards voucher".split()  # noqa: SIM905
)


def brand_key(product: Product) -> str:
    """Alike for `Steam`, `Steam 20 USD` and `Steam Gift Card (US)`, where country and currency are."""
    first, *others = fold(product.brand or product.name).split() or [product.product_id]
    noise = _GENERIC_WORDS | {fold(product.currency)} | _face_values(product)
    words = " ".join([first, *(word for word in others if word not in noise)])
    for name in _country_names(product.country):
        words = words.removesuffix(f" {name}")
    return f"{words}/{product.country}/{product.currency}"


def _face_values(product: Product) -> set[str]:
    return {fold(plain(d.minimum)) for d in product.denominations if d.is_fixed}


@cache
def _country_names(country: str) -> tuple[str, ...]:
    """The ways in which vendors end a name with its country."""
    if country == EVERYWHERE:
        return ("global", "worldwide")
    names = (country_name(country), country, ALPHA_2.get(country, ""))
    return tuple(fold(name) for name in names if name)
