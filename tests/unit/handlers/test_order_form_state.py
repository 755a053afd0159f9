"""What is read from the order form: numbers as people write them, and nothing that can break it."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.catalogue import Product
from bot.services.errors import BadRequest
from handlers.kinds.gift_card_form import parse_quantity
from handlers.views.order_form import OrderForm, error_blocks
from handlers.views.order_form_state import FormState, parse_request, parse_selection, read_form
from tests.support.every import assert_every
from tests.support.terms import card_selection
from tests.unit.handlers.order_form_factories import form, forms, products, sold_at, submitted

RANGE = sold_at("20", "25-150")
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
_elements = st.fixed_dictionaries({}, optional={"value": _json, "selected_option": _json, "type": _json})
_names = ["country", "category", "product", "denomination:octopus:8101", "quantity", "wallet", "reason"]
_blocks = st.dictionaries(
    st.sampled_from(_names), st.dictionaries(st.just("x_input"), _elements | _json) | _json
)
_states = st.fixed_dictionaries({}, optional={"values": _blocks | _json}) | _json
_views = st.fixed_dictionaries(
    {}, optional={"state": _states, "private_metadata": _json | st.text(max_size=40)}
)


def filled(**typed: Any) -> FormState:
    line = {"denomination": "20", "quantity": "1"}
    line |= {name: typed.pop(name) for name in list(typed) if name in line}
    return FormState(**{"product_key": RANGE.key, "line": line} | typed)


@settings(max_examples=300, deadline=None)
@given(_views, st.none() | products)
def test_a_form_is_a_request_or_has_errors_whatever_is_in_the_payload(
    view: Any, product: Product | None
) -> None:
    read = read_form(view)
    try:
        request = parse_request(read, product)
    except BadRequest as error:
        assert_every(error.errors.values(), bool)
    else:
        assert request.selection.line.units >= 0
        assert request.selection.line.unit_value.amount > 0


@settings(max_examples=150, deadline=None)
@given(forms())
def test_errors_always_name_fields_that_are_in_the_form(shown: OrderForm) -> None:
    view = submitted(shown.view())
    in_the_form = {b["block_id"] for b in view["blocks"] if b["type"] == "input"}
    everything = dict.fromkeys(
        ["product", "denomination", "quantity", "wallet", "reason", "ticket", "email"], "no"
    )
    try:
        parse_request(read_form(view), shown.product)
        errors = everything
    except BadRequest as error:
        errors = error.errors

    assert set(error_blocks(errors, view)) <= in_the_form
    assert set(error_blocks(everything, view)) <= in_the_form


@pytest.mark.parametrize(
    ("typed", "number"),
    [("1", 1), (" 3 ", 3), ("2.0", 2), ("007", 7), ("٣", 3), ("0", 0), ("999999", 999_999)],
)
def test_a_quantity_is_understood_as_people_write_it(typed: str, number: int) -> None:
    assert parse_quantity(typed) == number


@pytest.mark.parametrize("typed", ["two", "1e3", "-1", "2.5", "1,000", "0x2", "½", "1 2", "+1", "NaN"])
def test_what_is_not_a_whole_number_is_quoted_back_with_an_example(typed: str) -> None:
    with pytest.raises(ValueError, match="Type a whole number") as wrong:
        parse_quantity(typed)

    assert f"“{typed}”" in str(wrong.value)


def test_an_absurd_quantity_is_too_many_and_not_a_crash() -> None:
    with pytest.raises(ValueError, match="too many for one order"):
        parse_quantity("9" * 5000)


def test_a_complete_form_is_a_selection_to_price() -> None:
    selection = parse_selection(filled(wallet_id="W1"), RANGE)

    assert selection == card_selection(RANGE, Decimal(20), 1, "W1")
    assert selection.product_key == "octopus:8101"


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"denomination": None}, "denomination", "Say how much each card is to be worth."),
        (
            {"denomination": "22"},
            "denomination",
            "Steam is not sold at USD 22.00. Choose from USD 20, 25–150.",
        ),
        ({"denomination": "30.005"}, "denomination", "USD has 2 decimals."),
        ({"denomination": "ten"}, "denomination", "“ten” is not an amount. Write it like 20 or 20.50."),
        ({"quantity": None}, "quantity", "Type how many cards, for example 1."),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(
    typed: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(BadRequest) as bad:
        parse_selection(filled(**typed), RANGE)

    assert bad.value.errors == {field: sentence}


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(BadRequest) as bad:
        parse_selection(filled(denomination="22", quantity="many"), RANGE)

    assert set(bad.value.errors) == {"denomination", "quantity"}


def test_the_only_denomination_there_is_does_not_have_to_be_chosen() -> None:
    assert parse_selection(filled(denomination=None), sold_at("25")).line.unit_value.amount == Decimal(25)


def test_a_product_without_denominations_is_a_matter_of_the_denomination() -> None:
    with pytest.raises(BadRequest, match="no amounts on sale"):
        parse_selection(filled(denomination=None), sold_at())


def test_the_denomination_typed_for_another_product_does_not_count() -> None:
    state = {
        "product": {"product_input": {"selected_option": {"value": "octopus:9000"}}},
        "denomination:octopus:8101": {"denomination_input": {"value": "50"}},
        "wallet:octopus:8101": {"wallet_input": {"selected_option": {"value": "W1"}}},
    }
    read = read_form({"state": {"values": state}})

    assert (read.product_key, read.line.get("denomination"), read.wallet_id) == ("octopus:9000", None, None)


def test_any_country_takes_the_filter_away() -> None:
    chosen = {"selected_option": {"value": "any"}}
    view = {
        "private_metadata": '{"country": "USA"}',
        "state": {"values": {"country": {"country_input": chosen}}},
    }

    assert read_form(view).country is None


def test_filters_are_known_even_where_the_payload_has_no_state() -> None:
    read = read_form({"private_metadata": '{"country": "USA", "category": "Gaming", "product": "octopus:1"}'})

    assert (read.country, read.category, read.product_key) == ("USA", "Gaming", "octopus:1")


def test_an_emptied_field_is_empty_and_not_what_it_was_before() -> None:
    view = {
        "private_metadata": '{"product": "octopus:1"}',
        "state": {"values": {"product": {"product_input": {}}}},
    }

    assert read_form(view).product_key is None


def test_a_number_that_came_as_a_json_float_is_not_believed() -> None:
    shown = form(RANGE).view()
    read = read_form(submitted(shown, denomination={"value": 20.1}, quantity={"value": 2}))

    assert (read.line["denomination"], read.line["quantity"]) == (None, "2")


@pytest.mark.parametrize("state", [{}, {"state": {}}, {"state": None}])
def test_what_was_just_chosen_counts_even_where_slack_sends_no_state_with_it(state):
    view = {"private_metadata": json.dumps({"product": "octopus:1", "country": "USA"}), **state}
    chosen = {
        "action_id": "product_input",
        "block_id": "b",
        "type": "external_select",
        "selected_option": {"value": "octopus:2"},
    }
    assert read_form(view, changed=chosen).product_key == "octopus:2"
    typed = {"action_id": "denomination_input", "type": "number_input", "value": "20"}
    assert read_form(view, changed=typed).line["denomination"] == "20"
    wallet = {"action_id": "wallet_input", "selected_option": {"value": "31"}}
    assert read_form(view, changed=wallet).wallet_id == "31"
    cleared = {"action_id": "country_input", "selected_option": None}
    assert read_form(view, changed=cleared).country is None
    assert read_form(view, changed={"action_id": "ask_for_the_price_again"}).product_key == "octopus:1"
