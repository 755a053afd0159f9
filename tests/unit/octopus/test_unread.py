"""An answer about an order is kept as it came unless every card in it was read."""

import json
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.vendor_orders import VendorOrder
from bot.kinds.gift_card import Voucher
from bot.vendors.contract import UnparsedResponse, discard_unparsed_response
from bot.vendors.http.api import outcome_of
from bot.vendors.http.responses import RawResponse, Response, TransientFailure
from bot.vendors.octopus.errors import parse_response
from bot.vendors.octopus.order_reader import OrderReader
from bot.vendors.octopus.orders import fetched, found, placed
from tests.unit.octopus.test_orders import ANYTHING, PURCHASE, order

REFERENCE = PURCHASE.client_reference
CODES = ["NMB-1A2B", "https://claim.example/abc"]


def kept(
    value: Any, *, status: int = 201, cut: int | None = None, read: Any = None, **named: str
) -> UnparsedResponse | None:
    body = value if isinstance(value, bytes) else json.dumps(value, default=str).encode()
    broken = TransientFailure("cut off") if cut is not None else None
    answer = RawResponse(status, {}, body[:cut], "REQ1", broken)
    named = named or {"client_reference": REFERENCE}
    reader = OrderReader(read or partial(placed, purchase=PURCHASE), discard_unparsed_response, **named)
    return reader.read(answer, outcome_of(answer, parse_response))


def codes(unread: UnparsedResponse | None) -> list[str]:
    assert unread is not None
    return [secret for voucher in unread.deliverables for secret in voucher.secrets]


MASKED = [{"card_number": "****1A2B", "pin_code": "***1", "claim_url": None}] * 2
BARE = {"id": 70388, "status": "PENDING"}


async def test_a_response_is_parsed_once() -> None:
    parsed = []

    def parse(response: Response) -> VendorOrder:
        parsed.append(placed(response, PURCHASE))
        return parsed[-1]

    reader = OrderReader(parse, discard_unparsed_response, client_reference=REFERENCE)
    answer = RawResponse(201, {}, json.dumps(order(), default=str).encode(), "REQ1")
    await reader.receive(answer, outcome_of(answer, parse_response))

    assert parsed == [reader.order()]
    assert parsed[0].matches(PURCHASE)


@pytest.mark.contract("2.6a", "6.2a", "6.3b")
@pytest.mark.parametrize(
    "normal",
    [
        order(),
        order(status="PENDING", vouchers=[]),
        order(status="PENDING", vouchers=None, eta="soon"),
        order(status="FAILED", vouchers=[], message="Sold out", retries=3),
        order(vouchers=order()["vouchers"][:1]),
        order(vouchers=MASKED),
        order(vouchers=[{}, None]),
        order(carbon={"grams": 3}, region="EU"),
        BARE,
        {"success": True, "data": order()},
    ],
)
def test_an_answer_that_is_read_to_its_end_is_not_kept(normal: dict[str, Any]) -> None:
    assert kept(normal) is None


@pytest.mark.contract("7.3b")
@pytest.mark.parametrize(
    "odd",
    [
        order(vouchers=["NMB-1A2B", "NMB-5E6F"]),
        order(vouchers="NMB-1A2B"),
        order(vouchers={"items": [{"card_number": "NMB-1A2B"}]}),
        order(vouchers=[{"card_number": "NMB-1A2B"}, {"code": "NMB-5E6F"}]),
        order(vouchers=[{"card_number": "NMB-1A2B", "pin": "0041"}]),
        order(vouchers=[{"card_number": {"value": "NMB-1A2B"}}]),
        order(vouchers=[{"card_number": 1.5}]),
        order(vouchers=[{"card_number": "NMB-1A2B", "pin_code": "\ufffd12"}]),
        order(vouchers=[], codes=["NMB-1A2B"]),
        order(vouchers=None, code="NMB-1A2B"),
        order(vouchers=None, code=12345678),
        order(status="PENDING", vouchers=[], codes=["NMB-1A2B"]),
        order(status="ON_HOLD", vouchers=[], note="NMB-1A2B"),
        order(message=["NMB-1A2B"], vouchers=[]),
        {"order": order()},
        [order()],
        "NMB-1A2B",
        12345678,
        {"status": "DELIVERED", "vouchers": []},
    ],
)
def test_an_answer_in_which_a_card_may_hide_is_kept_whole(odd: Any) -> None:
    unread = kept(odd)

    assert unread is not None
    assert unread.body == json.dumps(odd, default=str).encode()
    assert (unread.vendor, unread.request_id) == ("octopus", "REQ1")
    assert (unread.client_reference, unread.vendor_order_id) == (REFERENCE, None)


def test_the_cards_that_are_plain_are_told_beside_the_whole() -> None:
    odd = order(vouchers=[{"card_number": "NMB-1A2B", "pin_code": "0041"}, {"code": "NMB-5E6F"}])
    unread = kept(odd)
    assert unread is not None
    assert unread.deliverables == (Voucher("NMB-1A2B", "0041"),)


@pytest.mark.contract("7.3b")
def test_of_a_cut_off_answer_whole_cards_are_told_and_no_half_one() -> None:
    raw = json.dumps(order(), default=str).encode()
    for cut in range(1, len(raw)):
        unread = kept(raw, cut=cut)
        told = list(unread.deliverables) if unread else []
        assert told in ([], [Voucher("NMB-1A2B", "0041", None, "2028-06-02")])
        if b"NMB" in raw[:cut]:
            assert unread is not None
            assert unread.body == raw[:cut]
        assert bool(told) == (raw.index(b'{"claim_url": "h') < cut)


def test_fields_after_the_cards_show_that_all_cards_are_whole() -> None:
    raw = json.dumps(order(z="tail"), default=str).encode()
    assert codes(kept(raw, cut=-1)) == ["NMB-1A2B", "0041", "https://claim.example/abc"]


def test_a_fraction_in_a_cut_off_answer_is_no_code() -> None:
    assert codes(kept(b'{"id": 1, "vouchers": [{"card_number": 1.50}, {"card_number": 7}, {"c', cut=80)) == [
        "7"
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 201), (b" {", 201), (b"[]", 201), (b"<html>down</html>", 502), (b"NMB-1A2B", 500)],
)
def test_what_has_no_card_in_it_is_not_kept(body: bytes, status: int) -> None:
    assert kept(body, status=status, cut=999) is None


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b"\x1f\x8bnot gzip", b'{"id": 5', b"NMB-1A2B"])
def test_a_good_answer_that_is_no_json_is_kept(body: bytes) -> None:
    assert codes(kept(body)) == []


def test_a_failure_is_kept_only_where_it_shows_cards() -> None:
    assert codes(kept(order(), status=500)) == ["NMB-1A2B", "0041", "https://claim.example/abc"]
    assert kept({"error": {"code": "INTERNAL_SERVER_ERROR"}}, status=500) is None
    assert kept({"error": {"code": "BAD_REQUEST"}}, status=400) is None


@pytest.mark.contract("7.1a")
def test_another_order_than_the_one_read_is_kept_and_its_cards_are_not_told_as_ours() -> None:
    read = partial(fetched, vendor_order_id="70388")
    assert kept(order(), read=read, vendor_order_id="70388") is None

    unread = kept(order(id=1), read=read, vendor_order_id="70388")

    assert codes(unread) == []
    assert unread is not None
    assert unread.vendor_order_id == "70388"


@pytest.mark.contract("7.2a")
def test_a_look_up_tells_the_cards_of_the_order_under_our_reference_only() -> None:
    read = partial(found, client_reference=REFERENCE)
    assert kept([], read=read) is None
    assert kept([order(vouchers=MASKED)], read=read) is None

    others = [order(id=1, client_reference="GC-OTHER"), order(id=2, client_reference=None)]
    assert codes(kept(others, read=read)) == []
    twice = [
        order(vouchers=[{"card_number": "MINE-1"}]),
        order(id=1, client_reference="GC-OTHER", vouchers=3),
    ]
    assert codes(kept(twice, read=read)) == ["MINE-1"]


@given(body=st.binary(max_size=80), cut=st.none() | st.just(80), status=st.sampled_from([200, 400, 500]))
def test_no_bytes_at_all_raise_anything(body: bytes, cut: int | None, status: int) -> None:
    kept(body, cut=cut, status=status)


@given(st.dictionaries(st.sampled_from([*order(), "new"]), ANYTHING))
def test_no_value_of_any_field_raises_anything(odd: dict[str, Any]) -> None:
    kept(order(**odd))


@given(st.data())
def test_a_code_is_either_read_or_kept(data: st.DataObject) -> None:
    """Whatever is done to an answer with codes, the codes are read or the bytes are kept."""
    value = order(quantity=data.draw(st.sampled_from([2, 3, None])))
    for _ in range(data.draw(st.integers(0, 3))):
        field = data.draw(st.sampled_from([*value, "new"]))
        value[field] = data.draw(
            st.sampled_from([None, 5, "x", ["LOST-1"], {"code": "LOST-1"}, [{"card_number": "LOST-1"}]])
        )
    body = json.dumps(value, default=str).encode()
    if b"LOST-1" not in body or value["vouchers"] == [{"card_number": "LOST-1"}]:
        return
    complete = isinstance(value["vouchers"], list) and len(value["vouchers"]) == value["quantity"] == 2
    if not complete:
        assert kept(body) is not None


def test_neither_repr_shows_a_code() -> None:
    unread = kept(order(vouchers=[{"card_number": "NMB-1A2B"}, "NMB-5E6F"]))
    assert "NMB" not in repr(unread)
