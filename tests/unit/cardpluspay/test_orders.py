"""A purchase is judged by its cards, and what was charged is never taken for what a card is worth."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.domain.money import Money
from bot.domain.vendor_orders import VendorOrderStatus
from bot.kinds.gift_card import Voucher
from bot.vendors.cardpluspay.orders import OrderPayload, fetched, placed
from bot.vendors.http.payloads import log_unknown_once
from bot.vendors.http.responses import MalformedResponse
from tests.support.terms import vouchers
from tests.unit.cardpluspay.responses import ITEM, PURCHASE, TERMS, code, order, read_again, reply

WORDS = st.text("aZ09 .*-\ufffd\ud83d", max_size=8)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=3,
)
BESIDE = [name for name in order() if name not in ("codes", "order_id", "status")]


def test_a_purchase_has_its_cards_with_their_pins() -> None:
    vendor_order = placed(reply(order()), PURCHASE)

    assert vendor_order.matches(PURCHASE)
    assert vendor_order.status is VendorOrderStatus.DELIVERED
    assert vendor_order.vendor_order_id == "90417"
    assert vendor_order.deliverables == (Voucher("A1B2-C3D4"), Voucher("G7H8-J9K0", "4410"))
    assert vendor_order.created_at == datetime(2031, 5, 2, 7, 14, 8, tzinfo=UTC)
    assert (vendor_order.client_reference, vendor_order.request_id, vendor_order.quantity) == (None, None, 0)
    assert not vendor_order.pins_left_out


def test_what_was_charged_and_what_cards_are_worth_are_never_confused() -> None:
    vendor_order = placed(reply(order()), PURCHASE)
    assert vendor_order.charge == Money(Decimal("38.70"), "USD")  # not total_denomination's 40
    assert (vendor_order.denomination, vendor_order.product_id) == (
        Decimal("20.00"),
        ITEM,
    )  # not charged_amount's 19.35

    # Without a total it is the sum of what was charged, not of what they are worth.
    assert placed(reply(order(amount=None)), PURCHASE).charge == Money(Decimal("38.70"), "USD")
    # A vendor that swaps the two sells us something else than we asked for, and is found out.
    swapped = [code("A1", denomination="19.35", charged_amount="20.00")] * 2
    vendor_order = placed(reply(order(codes=swapped, amount="40.00", total_denomination="38.70")), PURCHASE)
    assert not vendor_order.matches(PURCHASE)
    assert vendor_order.charge == Money(Decimal("40.00"), "USD")


@pytest.mark.parametrize("written", ["38.70", Decimal("38.70"), Decimal("38.7"), " 38.70 ", "38.7000"])
def test_a_charge_is_read_from_text_and_numbers_alike(written: Any) -> None:
    vendor_order = placed(reply(order(amount=written)), PURCHASE)
    assert vendor_order.charge is not None
    assert str(vendor_order.charge.amount) == "38.70"


@pytest.mark.parametrize("written", ["38,70", "1,204.15", "38.7x", "", True, "NaN", "1e3", [], "9" * 30])
def test_a_charge_that_is_none_is_not_guessed(written: Any) -> None:
    assert placed(reply(order(amount=written, codes=[])), PURCHASE).charge is None


@given(st.decimals(Decimal("0.01"), Decimal(10**9), places=2))
def test_no_charge_loses_a_digit(amount: Decimal) -> None:
    for written in (amount, f"{amount:f}"):
        charge = placed(reply(order(amount=written)), PURCHASE).charge
        assert charge == Money(amount, "USD")


def test_a_charge_in_another_currency_than_the_accounts_is_not_said_to_be_known() -> None:
    codes = [code("A1", currency="EUR"), code("B2", currency="EUR")]
    assert placed(reply(order(codes=codes)), PURCHASE).charge is None


def test_sums_that_do_not_add_up_are_reported_and_cost_no_code() -> None:
    with capture_logs() as lines:
        vendor_order = placed(reply(order(amount="14.70")), PURCHASE)
    assert vendor_order.charge == Money(Decimal("14.70"), "USD")
    assert len(vendor_order.deliverables) == 2
    assert [line["event"] for line in lines] == ["cardpluspay_amounts_do_not_add_up"]


@pytest.mark.parametrize(
    ("word", "cards", "placed_as", "read_as"),
    [
        ("completed", 2, VendorOrderStatus.DELIVERED, VendorOrderStatus.DELIVERED),
        ("completed", 3, VendorOrderStatus.DELIVERED, VendorOrderStatus.DELIVERED),
        ("completed", 1, VendorOrderStatus.PARTIALLY_DELIVERED, VendorOrderStatus.DELIVERED),
        ("completed", 0, VendorOrderStatus.PENDING, VendorOrderStatus.PENDING),
        ("pending", 0, VendorOrderStatus.UNKNOWN, VendorOrderStatus.UNKNOWN),
        ("failed", 0, VendorOrderStatus.UNKNOWN, VendorOrderStatus.UNKNOWN),
        ("cancelled", 2, VendorOrderStatus.UNKNOWN, VendorOrderStatus.UNKNOWN),
        ("refunded", 2, VendorOrderStatus.UNKNOWN, VendorOrderStatus.UNKNOWN),
        (None, 2, VendorOrderStatus.UNKNOWN, VendorOrderStatus.UNKNOWN),
        (True, 0, VendorOrderStatus.UNKNOWN, VendorOrderStatus.UNKNOWN),
    ],
)
def test_delivered_is_what_has_cards_and_no_word_is_a_failure(
    word: Any, cards: int, placed_as: VendorOrderStatus, read_as: VendorOrderStatus
) -> None:
    codes = [code(f"A{number}") for number in range(cards)]
    bought = placed(reply(order(status=word, codes=codes)), PURCHASE)
    again = fetched(reply(read_again(status=word, codes=codes)), "90417", "USD")

    assert (bought.status, again.status) == (placed_as, read_as)
    assert len(bought.deliverables) == len(again.deliverables) == cards


def test_a_word_we_do_not_know_is_mentioned_once() -> None:
    log_unknown_once.cache_clear()
    with capture_logs() as lines:
        for _ in range(3):
            placed(reply(order(status="on_hold")), PURCHASE)
    assert [line["what"] for line in lines if line["event"] == "cardpluspay_unknown"] == ["on_hold"]


@pytest.mark.parametrize("codes", [None, [], "soon", {}, 0])
def test_an_order_without_codes_is_waited_for(codes: Any) -> None:
    vendor_order = placed(reply(order(codes=codes)), PURCHASE)
    assert (vendor_order.status, vendor_order.deliverables) == (VendorOrderStatus.PENDING, ())
    assert vendor_order.matches(PURCHASE)


@pytest.mark.parametrize("blank", [None, "", "  ", [], False])
def test_a_blank_code_is_no_card(blank: Any) -> None:
    vendor_order = placed(reply(order(codes=[code("A1"), code(blank)])), PURCHASE)
    assert (vendor_order.status, len(vendor_order.deliverables)) == (VendorOrderStatus.PARTIALLY_DELIVERED, 1)


def test_a_code_in_an_unfinished_order_that_is_not_finished_itself_is_no_card_yet() -> None:
    codes = [{"code": "A1", "status": "completed"}, {"code": "TO-COME", "status": "pending"}]
    assert len(fetched(reply(read_again(status="pending", codes=codes)), "90417", "USD").deliverables) == 1
    assert len(fetched(reply(read_again(codes=codes)), "90417", "USD").deliverables) == 2


def test_a_card_of_another_kind_speaks_for_the_whole_purchase() -> None:
    for odd in ({"item_code": "STEAM-10USD-QwRt"}, {"denomination": "10.00"}):
        vendor_order = placed(reply(order(codes=[code("A1"), code("B2", **odd)])), PURCHASE)
        assert not vendor_order.matches(PURCHASE)
        assert len(vendor_order.deliverables) == 2


def test_what_an_order_does_not_say_contradicts_nothing() -> None:
    again = fetched(reply(read_again()), "90417", "USD")
    assert (again.product_id, again.denomination, again.quantity) == ("", Decimal(0), 0)
    assert again.matches(PURCHASE)
    mixed = [code("A1"), code("B2", denomination="10.00")]
    assert fetched(reply(read_again(codes=mixed)), "90417", "USD").denomination == 0


def test_an_order_read_again_says_whether_it_shows_pins() -> None:
    again = fetched(reply(read_again()), "90417", "USD")
    assert again.pins_left_out
    assert again.charge == Money(Decimal("38.70"), "USD")
    assert again.created_at == datetime(2031, 5, 2, 7, 14, 8, tzinfo=UTC)

    whole = fetched(reply(read_again(codes=order()["codes"])), "90417", "USD")
    assert not whole.pins_left_out
    assert vouchers(whole.deliverables)[1].pin_code == "4410"


@pytest.mark.parametrize("number", [90418, None, "ORD-2031-417", True])
def test_a_read_that_answers_with_another_order_is_not_used(number: Any) -> None:
    with pytest.raises(MalformedResponse, match="sent another"):
        fetched(reply(read_again(order_id=number)), "90417", "USD")


@pytest.mark.parametrize("data", [None, [], "ok", 1, {"status": "completed"}, {"codes": [{"code": ""}]}])
def test_an_answer_without_number_and_codes_is_an_unknown_outcome(data: Any) -> None:
    with pytest.raises(MalformedResponse):
        placed(reply(data), PURCHASE)


def test_codes_without_a_number_are_an_order_all_the_same() -> None:
    vendor_order = placed(reply(order(order_id=None)), PURCHASE)
    assert (vendor_order.vendor_order_id, len(vendor_order.deliverables)) == ("", 2)


@given(odd=st.dictionaries(st.sampled_from(BESIDE), ANYTHING), gone=st.sets(st.sampled_from(BESIDE)))
def test_readable_codes_survive_whatever_else_is_odd(odd: dict[str, Any], gone: set[str]) -> None:
    body = {name: value for name, value in order(**odd).items() if name not in gone}
    assert [v.secrets for v in placed(reply(body), PURCHASE).deliverables] == [
        ("A1B2-C3D4",),
        ("G7H8-J9K0", "4410"),
    ]


@given(
    st.lists(ANYTHING | st.fixed_dictionaries({}, optional=dict.fromkeys(code("x"), ANYTHING)), max_size=4)
)
def test_a_good_card_survives_odd_neighbours(odd: list[Any]) -> None:
    vendor_order = placed(reply(order(codes=[*odd, code("GOOD-1")])), PURCHASE)
    assert vendor_order.deliverables[-1] == Voucher("GOOD-1")


def test_a_line_of_the_list_has_what_it_shows() -> None:
    full = OrderPayload.model_validate(read_again(codes=None)).listed("USD")
    assert full is not None
    assert (full.vendor_order_id, full.charge) == ("90417", Money(Decimal("38.70"), "USD"))
    assert full.at == datetime(2031, 5, 2, 7, 14, 8, tzinfo=UTC)
    short = OrderPayload.model_validate({"order_id": 5, "created_at": "yesterday"}).listed("USD")
    assert short is not None
    assert (short.at, short.charge, short.client_reference, short.wallet_id) == (None, None, None, "balance")
    assert OrderPayload.model_validate({"order_no": "ORD-1"}).listed("USD") is None


def test_nothing_shows_a_code() -> None:
    vendor_order = placed(reply(order()), PURCHASE)
    shown = repr(vendor_order) + repr(OrderPayload.model_validate(order())) + repr(reply(order()))
    assert "A1B2" not in shown
    assert "4410" not in shown
    assert TERMS.line.product_id in repr(vendor_order)
