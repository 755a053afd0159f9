"""Which names of which vendors are one brand."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.catalogue import Denomination, Product
from bot.search.brands import brand_key

STEAM = Product("octopus", "1", "Steam", "Gaming", "USA", "USD", ())


def named(name: str, *face_values: int, brand: str | None = None, country: str = "USA") -> Product:
    values = tuple(Denomination(Decimal(v), Decimal(v), Decimal(3)) for v in face_values)
    return replace(STEAM, name=name, brand=brand, country=country, denominations=values)


@pytest.mark.parametrize(
    "name",
    [
        "STEAM", "Steam 20 USD", "Steam Gift Card", "Steam US", "Steam (USA)", "Steam United States",
        "Steam eGift Card 20 USD US", "Stéam™",
    ],
)  # fmt: skip
def test_names_that_differ_by_amount_country_and_the_word_card_are_one_brand(name: str) -> None:
    assert brand_key(named(name, 20)) == brand_key(STEAM)


def test_the_brand_counts_where_the_vendor_gives_it() -> None:
    assert brand_key(named("Wallet code, 20 dollars", 20, brand="Steam")) == brand_key(STEAM)


@pytest.mark.parametrize("name", ["Steam Deck", "Upsteam", "Steam 12 Months"])
def test_other_names_are_other_brands(name: str) -> None:
    assert brand_key(named(name, 20)) != brand_key(STEAM)


def test_another_country_or_currency_is_another_thing() -> None:
    assert (
        len({brand_key(p) for p in (STEAM, replace(STEAM, country="GLO"), replace(STEAM, currency="EUR"))})
        == 3
    )


def test_a_name_of_nothing_but_noise_keeps_its_first_word() -> None:
    assert brand_key(named("Gift Card 20 USD", 20)) != brand_key(named("20 USD", 20))
    assert brand_key(named("™", 20)).startswith("1/")
