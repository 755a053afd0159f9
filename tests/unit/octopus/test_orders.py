"""A paid voucher code is never lost to strictness, and never taken from somebody else's order."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.money import Money
from bot.domain.vendor_orders import Purchase, VendorOrderStatus
from bot.kinds.gift_card import Voucher
from bot.vendors.http.responses import MalformedResponse, Response
from bot.vendors.octopus.orders import fetched, found, placed
from tests.support.terms import gift_card_terms

TERMS = gift_card_terms("octopus", "8101", Money(Decimal("20.00"), "EUR"), 2, "31")
PURCHASE = Purchase(TERMS, "GC-261121-7K3MQ9VX", None)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
FIELDS = [
    "id", "status", "product_id", "denomination", "quantity", "client_reference", "product_name", "amount",
    "discount", "wallet_id", "base_currency", "deduction_currency", "message", "email",
]  # fmt: skip


def reply(value: Any) -> Response:
    return Response(value, {}, "REQ1")


def order(**changed: Any) -> dict[str, Any]:
    return {
        "id": 70388,
        "product_id": 8101,
        "product_name": "Nimbus Play Card",
        "denomination": Decimal("20.00"),
        "quantity": 2,
        "amount": Decimal("40.00"),
        "client_reference": PURCHASE.client_reference,
        "status": "DELIVERED",
        "vouchers": [
            {"card_number": "NMB-1A2B", "pin_code": "0041", "claim_url": None, "expires_at": "2028-06-02"},
            {"claim_url": "https://claim.example/abc", "voucher_reference_number": "NB-000911"},
        ],
    } | changed  # fmt: skip


@pytest.mark.contract("6.3a")
def test_a_delivered_order_has_its_codes() -> None:
    vendor_order = placed(reply(order()), PURCHASE)

    assert vendor_order.matches(PURCHASE)
    assert vendor_order.status is VendorOrderStatus.DELIVERED
    assert (vendor_order.vendor_order_id, vendor_order.client_reference) == (
        "70388",
        PURCHASE.client_reference,
    )
    assert vendor_order.request_id == "REQ1"
    assert vendor_order.deliverables == (
        Voucher("NMB-1A2B", "0041", None, "2028-06-02", None),
        Voucher(None, None, "https://claim.example/abc", None, "NB-000911"),
    )


@pytest.mark.contract("2.6a", "8a")
@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("PENDING", VendorOrderStatus.PENDING),
        ("PARTIALLY_DELIVERED", VendorOrderStatus.PARTIALLY_DELIVERED),
        ("FAILED", VendorOrderStatus.FAILED),
        ("CANCELLED", VendorOrderStatus.CANCELLED),
        ("ON_HOLD", VendorOrderStatus.UNKNOWN),
        ("", VendorOrderStatus.UNKNOWN),
        (None, VendorOrderStatus.UNKNOWN),
        (7, VendorOrderStatus.UNKNOWN),
    ],
)
def test_every_status_is_taken_and_a_new_one_is_unknown(word: Any, status: VendorOrderStatus) -> None:
    assert placed(reply(order(status=word)), PURCHASE).status is status


@pytest.mark.contract("6.3b")
@given(
    odd=st.dictionaries(st.sampled_from(FIELDS), ANYTHING, min_size=1), gone=st.sets(st.sampled_from(FIELDS))
)
def test_readable_codes_survive_whatever_else_is_odd(odd: dict[str, Any], gone: set[str]) -> None:
    body = {name: value for name, value in order(**odd).items() if name not in gone}

    vendor_order = placed(reply(body), PURCHASE)

    assert [voucher.secrets for voucher in vendor_order.deliverables] == [
        ("NMB-1A2B", "0041"),
        ("https://claim.example/abc",),
    ]


@pytest.mark.contract("7.3b")
@given(st.lists(ANYTHING | st.fixed_dictionaries({}, optional=dict.fromkeys(
    ["card_number", "pin_code", "claim_url", "expires_at", "voucher_reference_number", "new"], ANYTHING
)), max_size=4))  # fmt: skip
def test_a_good_voucher_survives_odd_neighbours(odd: list[Any]) -> None:
    vendor_order = placed(reply(order(vouchers=[*odd, {"card_number": "GOOD-1"}])), PURCHASE)

    assert vendor_order.deliverables[-1] == Voucher("GOOD-1")


def test_a_code_sent_as_a_number_is_kept_as_text() -> None:
    vendor_order = placed(
        reply(order(vouchers=[{"card_number": 6006491234567890123, "pin_code": 7741}])), PURCHASE
    )
    assert vendor_order.deliverables == (Voucher("6006491234567890123", "7741"),)


@pytest.mark.contract("6.3a")
def test_blank_fields_of_a_voucher_count_as_absent() -> None:
    vendor_order = placed(reply(order(vouchers=[{"card_number": "  ", "pin_code": ""}])), PURCHASE)
    assert not vendor_order.deliverables[0].is_clear


def test_a_code_with_half_a_character_can_still_be_stored() -> None:
    vendor_order = placed(reply(order(vouchers=[{"card_number": "AB\ud83d12"}])), PURCHASE)
    assert vendor_order.deliverables[0].secrets[0].encode() == "AB�12".encode()


@pytest.mark.contract("G3")
def test_masked_codes_are_passed_on_as_they_are_and_are_not_clear() -> None:
    vendor_order = fetched(reply(order(vouchers=[{"card_number": "****1A2B", "pin_code": "***1"}])), "70388")
    assert not vendor_order.deliverables[0].is_clear


@pytest.mark.contract("2.3b")
def test_terms_missing_from_a_fresh_order_are_those_we_asked_for() -> None:
    bare = {"id": 70388, "status": "PENDING"}
    assert placed(reply(bare), PURCHASE).matches(PURCHASE)


def test_other_terms_than_we_asked_for_are_reported_as_they_are() -> None:
    assert not placed(reply(order(denomination=Decimal(200))), PURCHASE).matches(PURCHASE)


def test_an_order_without_number_and_codes_is_an_unknown_outcome() -> None:
    with pytest.raises(MalformedResponse):
        placed(reply({"status": "PENDING", "vouchers": []}), PURCHASE)


@pytest.mark.parametrize("value", [None, [], [order()], "ok", 1, Decimal(2)])
def test_an_order_that_is_no_object_is_an_unknown_outcome(value: Any) -> None:
    with pytest.raises(MalformedResponse):
        placed(reply(value), PURCHASE)


@pytest.mark.contract("7.1a")
@pytest.mark.parametrize("number", [70389, None, "x", True])
def test_a_read_that_answers_with_another_order_is_not_used(number: Any) -> None:
    with pytest.raises(MalformedResponse, match="sent another"):
        fetched(reply(order(id=number)), "70388")


@pytest.mark.contract("7.2a")
def test_nothing_under_our_reference_is_none() -> None:
    assert found(reply([]), PURCHASE.client_reference) is None


def test_the_order_under_our_reference_is_found_among_others() -> None:
    others = [order(id=1, client_reference="GC-OTHER"), order(), order(id=2, client_reference=None)]
    vendor_order = found(reply(others), PURCHASE.client_reference)
    assert vendor_order is not None
    assert vendor_order.vendor_order_id == "70388"


def test_a_single_order_without_echo_is_taken_for_ours() -> None:
    vendor_order = found(reply([order(client_reference=None)]), PURCHASE.client_reference)
    assert vendor_order is not None


@pytest.mark.contract("G4")
@pytest.mark.parametrize(
    "listed",
    [
        lambda: [order(client_reference="gc-261121-7k3mq9vx")],
        lambda: [order(client_reference=None), order(id=2, client_reference=None)],
        lambda: [order(), order(id=2)],
        lambda: [order(id=None)],
        lambda: [None],
        lambda: {"items": []},
        lambda: None,
    ],
    ids=["only others", "two without echo", "two of ours", "no number", "null", "an object", "nothing"],
)
def test_a_look_up_that_does_not_say_clearly_proves_nothing(listed: Callable[[], Any]) -> None:
    with pytest.raises(MalformedResponse):
        found(reply(listed()), PURCHASE.client_reference)


def test_no_error_and_no_repr_shows_a_code() -> None:
    vendor_order = placed(reply(order()), PURCHASE)
    with pytest.raises(MalformedResponse) as raised:
        fetched(reply(order(id=1)), "70388")

    for shown in (repr(vendor_order), str(raised.value), repr(reply(order()))):
        assert "NMB" not in shown
        assert "claim.example" not in shown
