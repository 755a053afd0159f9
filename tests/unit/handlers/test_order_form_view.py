"""What the order form shows: always something Slack accepts, and what was typed stays."""

import json
from decimal import Decimal

from hypothesis import given, settings
from slack_sdk.models.views import View

from bot.domain.money import Money
from bot.sandbox.slack.blocks.surfaces import faults_of_view
from handlers.views.order_form import OrderForm, error_blocks
from handlers.views.order_form_fields import product_option
from handlers.views.order_form_price import PRICE_LOADING, PriceUnavailable, QuotedPrice
from handlers.views.order_form_state import FormState, read_form
from tests.support.every import assert_none
from tests.unit.handlers.order_form_factories import (
    EUR_WALLET,
    USD_WALLET,
    block,
    form,
    forms,
    quote,
    quoted,
    sold_at,
    submitted,
)

CARD = sold_at("20", "50", "100")
RANGE = sold_at("20", "25-150", product_id="8102")


@settings(max_examples=150, deadline=None)
@given(forms())
def test_whatever_is_filled_in_slack_accepts_the_form(form_state: OrderForm) -> None:
    view = form_state.view()

    assert faults_of_view(view, "modal") == []
    View(**view).to_dict()  # raises where the SDK knows of a limit that is broken


@settings(max_examples=100, deadline=None)
@given(forms())
def test_what_the_form_carries_along_names_things_and_never_an_amount(form_state: OrderForm) -> None:
    kept = json.loads(form_state.view()["private_metadata"])

    assert set(kept) <= {"quote", "product", "country", "category"}


def test_without_a_product_there_is_no_denomination_to_choose() -> None:
    fields = [b["block_id"] for b in form().view()["blocks"] if b["type"] == "input"]

    assert fields == ["country", "category", "product", "quantity", "reason", "ticket", "email"]


def test_fixed_denominations_are_a_list_in_ascending_order() -> None:
    element = block(form(sold_at("100", "20", "50")).view(), "denomination:octopus:8101")["element"]

    assert element["type"] == "static_select"
    assert [o["value"] for o in element["options"]] == ["20", "50", "100"]


def test_a_single_fixed_denomination_is_already_chosen() -> None:
    element = block(form(sold_at("25")).view(), "denomination:octopus:8101")["element"]

    assert element["initial_option"]["value"] == "25"


def test_a_range_is_a_bounded_amount_and_the_hint_says_what_is_sold() -> None:
    field = block(form(RANGE).view(), "denomination:octopus:8102")

    assert (field["element"]["min_value"], field["element"]["max_value"]) == ("20", "150")
    assert field["element"]["is_decimal_allowed"] is True
    assert field["hint"]["text"] == "Sold at USD 20, 25–150"


def test_more_fixed_denominations_than_a_list_can_hold_are_typed() -> None:
    many = sold_at(*(str(value) for value in range(1, 102)))

    assert block(form(many).view(), "denomination:octopus:8101")["element"]["type"] == "number_input"


def test_yen_have_no_decimals_to_type() -> None:
    yen = sold_at("500-10000", currency="JPY")

    assert block(form(yen).view(), "denomination:octopus:8101")["element"]["is_decimal_allowed"] is False


def test_every_field_keeps_its_block_and_action_whatever_the_price_says() -> None:
    prices = [PriceUnavailable("…"), PRICE_LOADING, quoted(CARD)]
    shapes = [
        [
            (b["block_id"], b["element"]["action_id"])
            for b in form(CARD, price=p).view()["blocks"]
            if "element" in b
        ]
        for p in prices
    ]

    assert shapes[0] == shapes[1] == shapes[2]


def test_what_was_typed_is_in_the_next_form_too() -> None:
    typed = FormState(
        country="USA",
        category="Gaming",
        product_key=RANGE.key,
        line={"denomination": "30.50", "quantity": "3"},
        reason="Parcel lost\ntwice",
        ticket_url="https://desk.example.com/1",
        email="kim@example.com",
    )

    assert read_form(submitted(form(RANGE, form_state=typed).view())) == FormState(
        **{
            **{name: getattr(typed, name) for name in FormState.__slots__},
            "line": {"denomination": "30.5", "quantity": "3"},
        }
    )


def test_what_slack_would_refuse_as_a_first_value_is_left_to_the_person() -> None:
    typed = FormState(
        product_key=RANGE.key,
        line={"denomination": "7", "quantity": "9999"},
        ticket_url="not a link",
        email="nobody",
    )
    view = form(RANGE, form_state=typed).view()

    for name in ("denomination:octopus:8102", "quantity", "ticket", "email"):
        assert "initial_value" not in block(view, name)["element"]


def test_the_wallet_is_asked_for_only_when_more_than_one_could_pay() -> None:
    one = form(CARD, price=quoted(CARD, USD_WALLET)).view()
    two = form(CARD, price=quoted(CARD, USD_WALLET, EUR_WALLET)).view()

    assert "wallet:octopus:8101" not in [b.get("block_id") for b in one["blocks"]]
    element = block(two, "wallet:octopus:8101")["element"]
    assert element["initial_option"]["value"] == "W1"
    assert element["options"][1]["text"]["text"] == "EUR wallet · holds EUR 500.00"


def test_the_wallet_on_screen_stays_while_a_new_price_is_asked_for() -> None:
    before = form(CARD, price=quoted(CARD, USD_WALLET, EUR_WALLET)).view()
    chosen = FormState(product_key=CARD.key, wallet_id="W2")
    after = form(CARD, form_state=chosen, price=PRICE_LOADING, current_view=before).view()

    assert block(after, "wallet:octopus:8101")["element"]["initial_option"]["value"] == "W2"


def test_another_product_starts_without_the_wallet_of_the_last_one() -> None:
    before = form(CARD, price=quoted(CARD, USD_WALLET, EUR_WALLET)).view()
    after = form(RANGE, price=PRICE_LOADING, current_view=before).view()

    assert_none(after["blocks"], lambda b: b.get("block_id", "").startswith("wallet"))


def test_the_price_names_every_part_of_the_charge() -> None:
    euros = sold_at("20-100", currency="EUR")
    answer = quote(
        euros,
        "50",
        2,
        discount=Money(Decimal("3"), "EUR"),
        discount_percent=Decimal("3.00"),
        charge=Money(Decimal("106.12"), "USD"),
        forex_rate=Decimal("1.083200"),
        fee=Money(Decimal("1.05"), "USD"),
    )
    texts = json.dumps(
        form(euros, price=QuotedPrice(7, answer, "Octopus Cards")).view()["blocks"], ensure_ascii=False
    )

    for part in (
        "*Total payable: USD 106.12* from the USD wallet",
        "EUR 100.00 (2 cards of EUR 50.00)",
        "EUR 3.00 (3 %)",
        "1 EUR = 1.0832 USD",
        "USD 1.05",
        "USD 1,000.00",
        "USD 893.88",
        "Estimate by Octopus Cards, valid until <!date^1795262700^{time}|12:05 UTC>",
    ):
        assert part in texts


def test_the_form_carries_the_id_of_the_price_it_shows_and_of_no_other() -> None:
    seen = FormState(product_key=CARD.key, quote_id=3)

    assert (
        json.loads(form(CARD, form_state=seen, price=quoted(CARD)).view()["private_metadata"])["quote"] == 7
    )
    assert "quote" not in json.loads(
        form(CARD, form_state=seen, price=PRICE_LOADING).view()["private_metadata"]
    )


def test_names_from_outside_cannot_become_markup() -> None:
    view = form(price=PriceUnavailable("<!channel> & <https://evil.example|here>", is_error=True)).view()

    assert "&lt;!channel&gt; &amp;" in json.dumps(view)
    assert "<!channel>" not in json.dumps(view)


def test_a_silent_vendor_can_be_asked_again() -> None:
    view = form(
        CARD, price=PriceUnavailable("Octopus Cards did not answer.", is_error=True, can_retry=True)
    ).view()

    assert [b["accessory"]["text"]["text"] for b in view["blocks"] if "accessory" in b] == ["Ask again"]


def test_a_message_on_top_says_that_nothing_was_requested() -> None:
    first = form(CARD, banner="The price changed.").view()["blocks"][0]

    assert first["text"]["text"] == "⚠️ *Nothing was requested yet.* The price changed."


def test_a_sandbox_form_says_so_in_its_title() -> None:
    assert form(environment="sandbox").view()["title"]["text"] == "SANDBOX · Gift card"
    assert form(environment="live").view()["title"]["text"] == "Gift card"


def test_a_required_ticket_cannot_be_left_out() -> None:
    assert block(form(ticket_required=True).view(), "ticket")["optional"] is False
    assert block(form(ticket_required=False).view(), "ticket")["optional"] is True


def test_a_long_product_name_gives_way_to_country_and_amounts() -> None:
    option = product_option(sold_at("5", "10", "20", "100", name="N" * 90)).to_dict()

    assert len(option["text"]["text"]) == 75
    assert option["text"]["text"].endswith("… · United States · USD 5–100")


def test_an_error_appears_at_the_field_it_belongs_to() -> None:
    view = form(CARD, price=quoted(CARD, USD_WALLET, EUR_WALLET)).view()
    errors = {"denomination": "a", "wallet": "b", "reason": "c"}

    assert error_blocks(errors, view) == {
        "denomination:octopus:8101": "a",
        "wallet:octopus:8101": "b",
        "reason": "c",
    }


def test_an_error_of_a_field_that_is_not_shown_appears_at_the_nearest_one() -> None:
    view = form().view()

    assert error_blocks({"wallet": "too little"}, view) == {"quantity": "too little"}
    assert error_blocks({"denomination": "a", "product": "b"}, view) == {"product": "a b"}


def test_a_new_form_waits_for_the_product_and_an_updated_one_leaves_the_focus_alone() -> None:
    assert block(form(is_new=True).view(), "product")["element"]["focus_on_load"] is True
    for later in (form(), form(CARD, is_new=True)):
        assert "focus_on_load" not in block(later.view(), "product")["element"]
