"""An answer about an order is kept as it came unless every card in it was read."""

import json
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.kinds.gift_card import Voucher
from bot.vendors.cardpluspay.errors import parse_response
from bot.vendors.cardpluspay.order_reader import OrderReader
from bot.vendors.cardpluspay.orders import fetched, placed
from bot.vendors.contract import UnparsedResponse, discard_unparsed_response
from bot.vendors.http.api import outcome_of
from bot.vendors.http.responses import RawResponse, TransientFailure
from tests.support.terms import vouchers
from tests.unit.cardpluspay.responses import PURCHASE, code, envelope, no, order, read_again
from tests.unit.cardpluspay.test_orders import ANYTHING


def kept(
    value: Any, *, status: int = 200, cut: int | None = None, fetching: bool = False
) -> UnparsedResponse | None:
    body = value if isinstance(value, bytes) else json.dumps(value, default=str).encode()
    answer = RawResponse(
        status, {}, body[:cut], None, TransientFailure("cut off") if cut is not None else None
    )
    if fetching:
        parse = partial(fetched, vendor_order_id="90417", currency="USD")
        reader = OrderReader(parse, discard_unparsed_response, vendor_order_id="90417")
    else:
        reader = OrderReader(
            partial(placed, purchase=PURCHASE),
            discard_unparsed_response,
            quantity=2,
            client_reference=PURCHASE.client_reference,
        )
    return reader.read(answer, outcome_of(answer, parse_response))


@pytest.mark.parametrize(
    "normal",
    [
        order(),
        order(status="pending", codes=[]),
        order(status="pending", codes=None, eta="soon"),
        order(codes=[code("A1")]),
        order(codes=[code("A1"), code("")]),
        order(carbon={"grams": 3}),
        order(
            codes=[code("A1", metadata=[{"Claim URL": "https://claim.example/a"}]), code("B2", metadata=[])]
        ),
        order(codes=[code(12345678), code("B2", denomination=20, charged_amount=19.35)]),
        {"order_id": 5, "status": "pending"},
    ],
)
def test_a_purchase_that_is_read_to_its_end_is_not_kept(normal: Any) -> None:
    assert kept(envelope(normal)) is None


@pytest.mark.parametrize(
    "normal", [read_again(), read_again(codes=order()["codes"]), read_again(status="pending", codes=[]),
               read_again(updated_at="2031-05-02", customer={"id": 5})],
)  # fmt: skip
def test_an_order_read_again_is_not_kept(normal: Any) -> None:
    assert kept(envelope(normal), fetching=True) is None


@pytest.mark.parametrize(
    "odd",
    [
        envelope(order(codes=["A1B2", "G7H8"])),
        envelope(order(codes="A1B2")),
        envelope(order(codes={"items": [code("A1B2")]})),
        envelope(order(codes=[code("A1B2"), code({"value": "G7H8"})])),
        envelope(order(codes=[code("A1B2"), code("G7H8", pin="4410")])),
        envelope(order(codes=[code("A1B2"), code("G7H8", metadata=[{"Password": "4410"}])])),
        envelope(order(codes=[code("A1B2"), code("G7H8", metadata="4410")])),
        envelope(order(codes=[], cards=["A1B2"])),
        envelope(order(codes=None, code="A1B2")),
        envelope(order(status="pending", codes=[], cards=["A1B2"])),
        envelope(order(status="pending", codes=[{"code": "A1B2", "status": "pending"}])),
        envelope(order(codes=[]), codes=["A1B2"]),
        envelope([order()]),
        envelope("A1B2"),
        {"success": False, "message": "Late", "data": order()},
        {"data": order()},
        "A1B2",
    ],
)
def test_an_answer_in_which_a_card_may_hide_is_kept_whole(odd: Any) -> None:
    unread = kept(odd)
    assert unread is not None
    assert unread.body == json.dumps(odd, default=str).encode()
    assert (unread.vendor, unread.client_reference) == ("cardpluspay", PURCHASE.client_reference)


def told(unread: UnparsedResponse | None) -> list[Voucher]:
    assert unread is not None
    return vouchers(unread.deliverables)


def test_the_cards_that_are_plain_are_told_beside_the_whole() -> None:
    codes = [code("A1B2", metadata=[{"Pin": "1"}]), code("G7H8", metadata=[{"Password": "x"}])]
    assert told(kept(envelope(order(codes=codes)))) == [Voucher("A1B2", "1")]


def test_of_a_cut_off_answer_whole_cards_are_told_and_no_half_one() -> None:
    pinned = order(codes=[code("A1B2", metadata=[{"Pin": "1"}]), code("G7H8", metadata=[{"Pin": "2"}])])
    raw = json.dumps(envelope(pinned)).encode()
    for cut in range(1, len(raw)):
        unread = kept(raw, cut=cut)
        cards = list(unread.deliverables) if unread else []
        assert cards in ([], [Voucher("A1B2", "1")], [Voucher("A1B2", "1"), Voucher("G7H8", "2")])
        if b"A1B2" in raw[:cut]:
            assert unread is not None


def test_a_code_without_what_belongs_to_it_is_not_told_because_it_may_have_a_pin() -> None:
    raw = json.dumps(envelope(read_again()), default=str).encode()
    assert told(kept(raw, cut=-20, fetching=True)) == []
    whole = json.dumps(envelope(read_again(codes=order()["codes"])), default=str).encode()
    assert told(kept(whole, cut=-1, fetching=True)) == [Voucher("A1B2-C3D4"), Voucher("G7H8-J9K0", "4410")]


def test_another_order_than_the_one_read_is_kept_and_its_cards_are_not_told_as_ours() -> None:
    assert told(kept(envelope(order(order_id=1)), fetching=True)) == []


def test_a_failure_is_kept_only_where_it_shows_cards() -> None:
    assert len(told(kept(envelope(order()), status=500))) == 2
    assert kept(no(), status=500) is None
    assert kept(no(), status=400) is None
    assert kept(b"<html>", status=502) is None


@given(
    st.dictionaries(st.sampled_from([*order(), "new"]), ANYTHING),
    st.dictionaries(st.sampled_from([*code("A1"), "status", "metadata", "new"]), ANYTHING),
    st.booleans(),
)
def test_no_value_of_any_field_raises_anything(
    odd: dict[str, Any], odd_code: dict[str, Any], fetching: bool
) -> None:
    kept(envelope(order(codes=[code("A1") | odd_code]) | odd), fetching=fetching)


@given(body=st.binary(max_size=80), cut=st.none() | st.just(80), fetching=st.booleans())
def test_no_bytes_at_all_raise_anything(body: bytes, cut: int | None, fetching: bool) -> None:
    kept(body, cut=cut, fetching=fetching)
