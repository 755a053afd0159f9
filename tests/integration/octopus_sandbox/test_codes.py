"""Section 7.3: codes are shown once, then masked; with every switch."""

from typing import Any

import httpx
import pytest

from tests.support.every import assert_every, assert_none
from tests.support.octopus_stand_in import StandIn

HIDDEN = ("card_number", "pin_code", "claim_url")


def codes(order: dict[str, Any]) -> list[str]:
    return [voucher[name] for voucher in order["vouchers"] for name in HIDDEN if voucher[name]]


def delivered_later(vendor: StandIn, quantity: int = 6) -> int:
    order_id = int(vendor.order(quantity=quantity).json()["id"])
    vendor.later(5)
    vendor.settled(order_id, lambda seen: seen["status"] == "DELIVERED")
    return order_id


@pytest.mark.contract("7.3a")
def test_a_synchronous_order_shows_its_codes_in_the_answer_and_masks_them_ever_after(vendor: StandIn) -> None:
    clear = vendor.order(quantity=2).json()

    masked = vendor.get(f"/orders/{clear['id']}").json()

    assert_none(codes(clear), lambda code: "*" in code)
    for before, after in zip(clear["vouchers"], masked["vouchers"], strict=True):
        number = before["card_number"]
        assert after["card_number"] == "*" * (len(number) - 4) + number[-4:]
        assert after["pin_code"] == "****"
        assert after["expires_at"] == before["expires_at"]
        assert after["voucher_reference_number"] == before["voucher_reference_number"]


@pytest.mark.contract("G3")
def test_claim_urls_are_masked_too(vendor: StandIn) -> None:
    product = vendor.get("/products", search="uber eats", country_id=1).json()[0]
    clear = vendor.order(product_id=product["id"], denomination=25).json()

    [masked] = codes(vendor.get(f"/orders/{clear['id']}").json())

    assert masked.startswith("*****")
    assert masked[-4:] == codes(clear)[0][-4:]


@pytest.mark.contract("7.3a", "G1")
def test_an_asynchronous_order_shows_its_codes_at_the_first_read_after_delivery_only(vendor: StandIn) -> None:
    order_id = delivered_later(vendor)

    first, second = (vendor.get(f"/orders/{order_id}").json() for _ in range(2))

    assert len(codes(first)) == 12
    assert_none(codes(first), lambda code: "*" in code)
    assert_every(codes(second), lambda code: "*" in code)


def test_reading_a_pending_order_uses_up_nothing(vendor: StandIn) -> None:
    order_id = vendor.order(quantity=6).json()["id"]
    assert codes(vendor.get(f"/orders/{order_id}").json()) == []
    vendor.later(5)
    vendor.settled(order_id, lambda seen: seen["status"] == "DELIVERED")

    assert_none(codes(vendor.get(f"/orders/{order_id}").json()), lambda code: "*" in code)


def test_lists_are_masked_and_use_up_nothing(vendor: StandIn) -> None:
    """7.2"""
    order_id = delivered_later(vendor)

    [listed] = vendor.get("/orders").json()
    read = vendor.get(f"/orders/{order_id}").json()

    assert_every(codes(listed), lambda code: "*" in code)
    assert_none(codes(read), lambda code: "*" in code)


@pytest.mark.contract("8b")
def test_vouchers_of_a_later_partial_delivery_are_clear_while_the_earlier_ones_are_masked(
    vendor: StandIn,
) -> None:
    order = vendor.order("partial; deliver=1; then=complete", quantity=3).json()
    assert (order["status"], len(order["vouchers"])) == ("PARTIALLY_DELIVERED", 1)
    vendor.later(5)
    vendor.settled(order["id"], lambda seen: seen["status"] == "DELIVERED")

    vouchers = vendor.get(f"/orders/{order['id']}").json()["vouchers"]

    assert ["*" in voucher["card_number"] for voucher in vouchers] == [True, False, False]


@pytest.mark.contract("G1")
@pytest.mark.parametrize(("reads", "masked"), [("always", False), ("never", True)])
def test_reads_can_be_switched_to_always_clear_or_always_masked(
    vendor: StandIn, reads: str, masked: bool
) -> None:
    order_id = delivered_later(vendor)
    vendor.back_office("PATCH", "choices", reads=reads)

    for _ in range(2):
        read = vendor.get(f"/orders/{order_id}").json()
        assert_every(codes(read), lambda code: ("*" in code) is masked)


def test_one_read_can_be_masked_or_clear_by_a_fault(vendor: StandIn) -> None:
    order_id = delivered_later(vendor)

    def masked(fault: str) -> bool:
        return "*" in codes(vendor.get(f"/orders/{order_id}", fault).json())[0]

    assert masked("masked")
    assert not masked("")
    assert masked("")
    assert not masked("clear")


@pytest.mark.contract("G2")
@pytest.mark.parametrize(("counts_as_shown", "masked"), [(True, True), (False, False)])
@pytest.mark.parametrize("fault", ["drop-after", "truncate", "error; status=504; when=after"])
def test_whether_a_lost_answer_counts_as_shown_is_a_switch(
    vendor: StandIn, fault: str, counts_as_shown: bool, masked: bool
) -> None:
    """G2"""
    vendor.back_office("PATCH", "choices", lost_answers_reveal=counts_as_shown)
    fault_body = dict(part.strip().split("=") for part in fault.split(";")[1:])
    match = {"method": "POST", "path": "/api/v1/orders"}
    vendor.back_office("POST", "faults", kind=fault.split(";")[0], match=match, **fault_body)
    lose_answer(vendor)

    [found] = vendor.get("/orders", client_reference="lost").json()
    read = vendor.get(f"/orders/{found['id']}").json()

    assert found["status"] == "DELIVERED"
    assert_every(codes(read), lambda code: ("*" in code) is masked)


def lose_answer(vendor: StandIn) -> None:
    try:
        answer = vendor.order(client_reference="lost")
    except httpx.RemoteProtocolError:
        return
    assert answer.status_code == 504
