"""Quotes and small facts on disk."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.domain.money import Money
from bot.domain.quotes import QUOTE_LIFE
from tests.integration.store.conftest import NOON, new_quote
from tests.support.repositories import Repositories


def test_a_quote_comes_back_exactly(store: Repositories) -> None:
    plain = new_quote()
    converted = replace(
        plain,
        forex_rate=Decimal("1.083400"),
        fee=Money(Decimal("0.5"), "USD"),
        tax=None,
        max_quantity=None,
        charge=Money(Decimal("1E+2"), "USD"),
    )

    with store.transaction():
        ids = [store.quotes.put(quote) for quote in (plain, converted)]

    assert [store.quotes.get(quote_id) for quote_id in ids] == [plain, converted]
    assert store.quotes.get(99) is None


def test_quotes_that_are_over_are_forgotten_and_their_ids_not_used_again(store: Repositories) -> None:
    with store.transaction():
        over = store.quotes.put(new_quote(NOON - QUOTE_LIFE))
        fresh = store.quotes.put(new_quote(NOON - QUOTE_LIFE + timedelta(seconds=1)))
        last = store.quotes.put(new_quote(NOON - QUOTE_LIFE))
        assert store.quotes.prune(NOON - QUOTE_LIFE) == 2
        later = store.quotes.put(new_quote())

    assert store.quotes.get(over) is None
    assert store.quotes.get(fresh) is not None
    assert later > last


def test_a_fact_is_what_it_was_set_to_last(store: Repositories) -> None:
    assert store.key_values.get("environment") is None

    with store.transaction():
        store.key_values.set("environment", "sandbox")
        store.key_values.set("environment", "live")

    assert store.key_values.get("environment") == "live"
