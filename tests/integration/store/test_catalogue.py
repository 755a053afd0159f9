"""The catalogue on disk: syncing writes changes only, and what vanished is known as gone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.domain.catalogue import Denomination, Names, Product
from bot.search.index import SearchIndex
from store import CatalogueSync, SyncCounts, open_read_only
from tests.integration.store.conftest import KEY, NOON, Clock, product
from tests.support.repositories import Repositories

STEAM = product("Steam", "USA", "USD", "20", "25-150", category="Gaming", validity="24 months")
AMAZON = product("Amazon.de", "DEU", "EUR", "5-500")
BISTRO = product("Café Zürich", "CHE", "CHF", "50", category="Food")


def sync(
    store: Repositories, *pages: Iterable[Product], vendor: str = "octopus"
) -> tuple[list[SyncCounts], int]:
    """What each page changed, and how many products went."""
    token = CatalogueSync(vendor)
    changes = []
    for page in pages:
        with store.transaction():
            changes.append(store.catalogue.put(list(page), token))
    with store.transaction():
        return changes, store.catalogue.end_sync(token)


def test_a_product_comes_back_exactly(store: Repositories) -> None:
    full = Product(
        vendor="octopus",
        product_id="8101",
        name="Nimbus Play™ Card",
        category="Gaming",
        country="GLO",
        currency="KWD",
        denominations=(
            Denomination(Decimal("20.00"), Decimal("20.00"), Decimal("4.0")),
            Denomination(Decimal("0.500"), Decimal("1E+3"), Decimal("2.5")),
        ),
        sub_category="Wallets",
        delivery_mode="Code with PIN",
        delivery_time="Instant",
        validity="24 months",
        image_url="https://img.example.net/nimbus.png",
        brand="Nimbus",
    )
    sync(store, [full, STEAM])

    assert store.catalogue.get(full.key) == full
    assert store.catalogue.get(STEAM.key) == STEAM
    assert store.catalogue.get("octopus:unknown") is None


def search_index(path: Path) -> SearchIndex:
    with open_read_only(path) as database:
        return database.search_index()


def listed(store: Repositories) -> list[Product]:
    """Everything on sale, by name."""
    return store.catalogue.search("").products


def test_a_sync_writes_only_what_changed(store: Repositories) -> None:
    assert sync(store, [STEAM, AMAZON], [BISTRO]) == ([SyncCounts(2, 0), SyncCounts(1, 0)], 0)
    assert sync(store, [STEAM, AMAZON], [BISTRO]) == ([SyncCounts(0, 2), SyncCounts(0, 1)], 0)

    cheaper = replace(AMAZON, denominations=(Denomination(Decimal(5), Decimal(500), Decimal(9)),))
    assert sync(store, [STEAM, cheaper, BISTRO]) == ([SyncCounts(1, 2)], 0)
    assert store.catalogue.get(AMAZON.key) == cheaper


@pytest.mark.contract("4b")
def test_what_is_no_longer_listed_is_gone_but_not_forgotten(store: Repositories) -> None:
    sync(store, [STEAM, AMAZON])

    assert sync(store, [AMAZON]) == ([SyncCounts(0, 1)], 1)

    assert store.catalogue.get(STEAM.key) is None
    assert store.catalogue.ever_listed(STEAM.key)
    assert not store.catalogue.ever_listed("octopus:unknown")
    assert store.catalogue.search("steam").total == 0
    assert listed(store) == [AMAZON]
    assert store.catalogue.currencies() == [("EUR", "EUR")]


def test_what_comes_back_is_there_again(store: Repositories) -> None:
    sync(store, [STEAM, AMAZON])
    sync(store, [AMAZON])

    assert sync(store, [STEAM, AMAZON]) == ([SyncCounts(1, 1)], 0)
    assert store.catalogue.get(STEAM.key) == STEAM
    assert store.catalogue.search("steam").products == [STEAM]


def test_a_vendor_that_listed_nothing_loses_nothing(store: Repositories) -> None:
    other = replace(BISTRO, vendor="cardpluspay")
    sync(store, [STEAM])
    sync(store, [other], vendor="cardpluspay")

    assert sync(store, [STEAM]) == ([SyncCounts(0, 1)], 0)
    assert store.catalogue.get(other.key) == other
    assert sync(store) == ([], 0)
    assert listed(store) == [other, STEAM]


def test_a_sync_that_breaks_off_loses_nothing(store: Repositories) -> None:
    sync(store, [STEAM, AMAZON])

    with store.transaction():
        token = CatalogueSync("octopus")
        store.catalogue.put([BISTRO], token)

    assert listed(store) == [AMAZON, BISTRO, STEAM]


def test_when_the_catalogue_was_read_is_known(store: Repositories, clock: Clock) -> None:
    assert store.catalogue.synced_at("octopus") is None

    clock.advance(timedelta(hours=1))
    sync(store, [STEAM])

    assert store.catalogue.synced_at("octopus") == NOON + timedelta(hours=1)
    assert store.catalogue.synced_at("cardpluspay") is None


def test_the_choices_are_those_something_is_sold_in(store: Repositories) -> None:
    sync(store, [STEAM, AMAZON, BISTRO, product("Anywhere", "GLO", "USD"), product("Odd", "XYZ", "EUR")])
    with store.transaction():
        first = Names({"DEU": "Germany", "CHE": "Switzerland", "FRA": "France"}, {"EUR": "Yuro"}, ("Travel",))
        store.catalogue.put_names(first)
        store.catalogue.put_names(Names({"USA": "United States"}, {"EUR": "Euro", "JPY": "Yen"}, ("Food",)))

    assert store.catalogue.countries() == [
        ("DEU", "Germany"),
        ("GLO", "Global"),
        ("CHE", "Switzerland"),
        ("USA", "United States"),
        ("XYZ", "XYZ"),
    ]
    assert store.catalogue.categories() == ["Food", "Gaming", "Shopping"]
    assert store.catalogue.all_categories() == ["Food", "Gaming", "Shopping", "Travel"]
    assert store.catalogue.currencies() == [("CHF", "CHF"), ("EUR", "Euro"), ("USD", "USD")]


def test_the_catalogue_survives_a_restart_and_can_be_searched_by_a_reader(
    store: Repositories, path: Path
) -> None:
    sync(store, [STEAM, AMAZON])
    store.close()

    reader = Repositories(path, KEY, read_only=True)
    assert reader.catalogue.search("amaz").products == [AMAZON]
    reader.close()


def at_cardpluspay(name: str, value: int, brand: str | None = None, **parts: str) -> Product:
    """One product per face value, as that vendor sells them."""
    return replace(
        product(name, parts.get("country", "USA"), parts.get("currency", "USD"), str(value)),
        vendor="cardpluspay",
        brand=brand,
    )


def test_the_same_brand_of_another_vendor_is_found_by_country_and_currency(store: Repositories) -> None:
    twenty, fifty = at_cardpluspay("Steam 20 USD", 20, "Steam"), at_cardpluspay("Steam 50 USD", 50, "Steam")
    elsewhere = [
        at_cardpluspay("Steam 20 EUR", 20, "Steam", country="DEU", currency="EUR"),
        at_cardpluspay("Steam Deck 20 USD", 20, "Steam Deck"),
    ]
    sync(store, [STEAM, product("Steam Twin", "USA", "USD", "20")])
    sync(store, [twenty, fifty, *elsewhere], vendor="cardpluspay")

    assert store.catalogue.alternatives_of([STEAM, elsewhere[0]]) == {STEAM.key: [twenty, fifty]}
    assert store.catalogue.alternatives_of([fifty]) == {fifty.key: [STEAM]}


def test_what_is_gone_elsewhere_is_no_alternative(store: Repositories) -> None:
    twenty, fifty = at_cardpluspay("Steam 20 USD", 20), at_cardpluspay("Steam 50 USD", 50)
    sync(store, [STEAM])
    sync(store, [twenty, fifty], vendor="cardpluspay")
    sync(store, [fifty], vendor="cardpluspay")

    assert store.catalogue.alternatives_of([STEAM]) == {STEAM.key: [fifty]}


def test_a_search_can_be_left_to_some_vendors_and_counts_no_others(store: Repositories) -> None:
    twenty = at_cardpluspay("Steam 20 USD", 20, "Steam")
    sync(store, [STEAM])
    sync(store, [twenty], vendor="cardpluspay")

    for vendors, found in (
        (None, [STEAM, twenty]),
        (["octopus", "cardpluspay"], [STEAM, twenty]),
        (["cardpluspay"], [twenty]),
        ([], []),
    ):
        page = store.catalogue.search("steam", vendors=vendors)
        assert (page.products, page.total) == (found, len(found))


def test_products_of_a_vendor_that_is_not_set_up_any_more_are_not_found_by_those_that_are(
    store: Repositories,
) -> None:
    sync(store, [at_cardpluspay("Steam 20 USD", 20)], vendor="cardpluspay")

    assert store.catalogue.search("", vendors=["octopus"]).total == 0


def test_a_listing_read_beside_is_searched_unless_the_catalogue_has_changed_since(
    store: Repositories, path: Path
) -> None:
    sync(store, [STEAM])
    version, older = store.catalogue.version, search_index(path)
    sync(store, [STEAM, AMAZON])

    store.catalogue.use_search_index(older, version)
    assert store.catalogue.search("amazon").products == [AMAZON]

    sync(store, [STEAM, AMAZON, BISTRO])
    store.catalogue.use_search_index(search_index(path), store.catalogue.version)
    assert store.catalogue.search("cafe").products == [BISTRO]
