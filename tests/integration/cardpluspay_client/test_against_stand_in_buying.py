"""What the client makes of a purchase under each of the stand-in's faults."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.money import Money
from bot.domain.vendor_orders import Purchase, VendorOrder, VendorOrderStatus
from bot.sandbox.cardpluspay.faults import KINDS
from bot.vendors.cardpluspay.client import CardPlusPay
from bot.vendors.contract import NotSent, OutcomeUnknown, Refused, UnparsedResponse
from tests.support.cardpluspay_account import BUY, Account, in_short
from tests.support.cardpluspay_orders import PLAIN, PLAIN_PRICE, TARGET
from tests.support.terms import gift_card_terms, vouchers
from tests.support.waiting import until

TERMS = gift_card_terms("cardpluspay", PLAIN, Money(Decimal("20.00"), "USD"), 3, "balance")
PURCHASE = Purchase(TERMS, "GC-261121-7K3MQ9VX", "buyer@example.org")
Options = dict[str, Any]
LOST: list[tuple[str, Options, int]] = [
    ("drop-before", {}, 0),
    ("drop-after", {}, 1),
    ("truncate", {}, 1),
    ("delay-before", {"seconds": 1.5}, 0),
    ("delay-after", {"seconds": 1.5}, 1),
    ("commit-late", {"seconds": 0.5}, 0),
    *[("error", {"status": status}, 0) for status in (200, 409, 500, 502, 503, 504)],
    *[("error", {"status": status, "body": "html", "when": "after"}, 1) for status in (200, 403, 502, 504)],
    *[("error", {"status": status, "when": "after"}, 1) for status in (200, 409, 500)],
]
REFUSED: list[tuple[str, Options, str]] = [
    ("insufficient-funds", {}, "REFUSED"),  # of the fault the balance knows nothing
    ("out-of-stock", {}, "REFUSED"),
    ("vanish", {}, "REFUSED"),
    ("error", {"status": 403}, "HTTP_403"),
]
KEPT: list[tuple[str, Options, VendorOrderStatus, int]] = [
    ("pending", {"seconds": 100}, VendorOrderStatus.UNKNOWN, 0),
    ("stall", {"status": "on hold"}, VendorOrderStatus.UNKNOWN, 0),
    ("fail", {}, VendorOrderStatus.UNKNOWN, 0),
    ("fail", {"status": "cancelled", "refund": "yes"}, VendorOrderStatus.UNKNOWN, 0),
    ("fewer-codes", {}, VendorOrderStatus.PARTIALLY_DELIVERED, 2),
    ("fewer-codes", {"status": "partial"}, VendorOrderStatus.UNKNOWN, 2),
    ("fewer-codes", {"deliver": 0}, VendorOrderStatus.PENDING, 0),
    ("list-lag", {}, VendorOrderStatus.DELIVERED, 3),
    ("choose", {"created_status": 201}, VendorOrderStatus.DELIVERED, 3),
    ("choose", {"money": "swapped"}, VendorOrderStatus.DELIVERED, 3),
    ("choose", {"unready_codes": "null", "late_delivery": "polls"}, VendorOrderStatus.UNKNOWN, 0),
    ("choose", {"unready_codes": "absent", "late_delivery": "polls"}, VendorOrderStatus.UNKNOWN, 0),
    ("price-change", {"percent": 10}, VendorOrderStatus.DELIVERED, 3),
]


@pytest.fixture
async def buyer(account: Account) -> AsyncIterator[CardPlusPay]:
    client = account.client()
    yield client
    await client.aclose()


def test_every_fault_the_stand_in_has_is_met_here() -> None:
    met = {fault for fault, *_ in (*LOST, *REFUSED, *KEPT)} | {"rate-limited"}
    assert met == set(KINDS)


@pytest.mark.contract("cardpluspay 4b", "cardpluspay 1.3c", "cardpluspay G30", "cardpluspay G7")
@pytest.mark.parametrize(("fault", "options", "bought"), LOST, ids=in_short)
async def test_a_lost_answer_is_an_unknown_outcome_and_nothing_is_sent_twice(
    buyer: CardPlusPay, account: Account, fault: str, options: Options, bought: int
) -> None:
    account.arm(fault, **options)

    with pytest.raises(OutcomeUnknown):
        await buyer.gift_cards.place(PURCHASE)

    assert len(account.orders()) == bought
    await settled(account)
    assert len(account.asked(BUY)) == 1
    assert len(account.orders()) <= 1


async def settled(account: Account) -> None:
    """The stand-in is done with the request: it is in its log."""
    await until(lambda: account.asked(BUY))


@pytest.mark.contract("cardpluspay 2.4c", "cardpluspay 4b")
async def test_codes_of_an_answer_that_was_cut_off_are_kept_as_far_as_they_came(
    buyer: CardPlusPay, account: Account
) -> None:
    kept: list[UnparsedResponse] = []

    async def keep(unread: UnparsedResponse) -> None:
        kept.append(unread)

    buyer.save_unparsed_response = keep
    account.arm("truncate")
    many = gift_card_terms("cardpluspay", TARGET, Money(Decimal("25.00"), "USD"), 20, "balance")

    with pytest.raises(OutcomeUnknown):
        await buyer.gift_cards.place(Purchase(many, "GC-MANY", None))

    (unread,) = kept
    bought = account.codes()
    assert unread.client_reference == "GC-MANY"
    whole = [(voucher.card_number, voucher.pin_code) for voucher in vouchers(unread.deliverables)]
    assert 0 < len(whole) < len(bought)
    assert whole == bought[: len(whole)]


@pytest.mark.contract("cardpluspay 4c", "cardpluspay 1.9a", "cardpluspay 1.9b", "cardpluspay 1.3b")
@pytest.mark.parametrize(("fault", "options", "code"), REFUSED, ids=in_short)
async def test_a_no_in_the_vendors_envelope_bought_nothing(
    buyer: CardPlusPay, account: Account, fault: str, options: Options, code: str
) -> None:
    account.arm(fault, **options)

    with pytest.raises(Refused) as raised:
        await buyer.gift_cards.place(PURCHASE)

    assert raised.value.code == code
    assert raised.value.may_have_purchased == (raised.value.status == 400)
    assert account.orders() == []


@pytest.mark.contract("cardpluspay 2.4d", "cardpluspay 2.7a")
async def test_want_of_money_and_of_stock_are_told_apart_by_asking(
    buyer: CardPlusPay, account: Account
) -> None:
    account.arm("out-of-stock")
    account.arm("out-of-stock", on="POST /v1/orders/check")
    with pytest.raises(Refused) as raised:
        await buyer.gift_cards.place(PURCHASE)
    assert raised.value.code == "OUT_OF_STOCK"
    account.change(balance="1.00")
    with pytest.raises(Refused) as raised:
        await buyer.gift_cards.place(PURCHASE)
    assert raised.value.insufficient_funds


@pytest.mark.contract("cardpluspay 1.8a", "cardpluspay G17", "cardpluspay 4c")
@pytest.mark.parametrize(("header", "pause_s"), [("yes", 4), ("no", None)])
async def test_being_told_to_slow_down_buys_nothing(
    buyer: CardPlusPay, account: Account, header: str, pause_s: float | None
) -> None:
    account.arm("rate-limited", seconds=4, header=header)
    with pytest.raises(NotSent) as raised:
        await buyer.gift_cards.place(PURCHASE)
    assert raised.value.retry_after_s == pause_s
    assert account.orders() == []


@pytest.mark.contract("cardpluspay 3a", "cardpluspay 3b", "cardpluspay G1", "cardpluspay G10")
@pytest.mark.contract("cardpluspay G14", "cardpluspay G24", "cardpluspay G25", "cardpluspay G31")
@pytest.mark.parametrize(("fault", "options", "status", "cards"), KEPT, ids=in_short)
async def test_a_paid_order_may_come_back_in_any_state_and_no_word_is_a_failure(
    buyer: CardPlusPay, account: Account, fault: str, options: Options, status: VendorOrderStatus, cards: int
) -> None:
    account.arm(fault, **options)

    vendor_order = await buyer.gift_cards.place(PURCHASE)

    theirs = account.only_order()
    assert (vendor_order.status, len(vendor_order.deliverables)) == (status, cards)
    assert vendor_order.vendor_order_id == str(theirs["order_id"])
    assert vendor_order.charge == Money(Decimal(theirs["amount"]), "USD")
    assert vendor_order.matches(PURCHASE)


@pytest.mark.contract("cardpluspay 2.4b", "cardpluspay G24")
async def test_what_came_in_part_and_was_charged_in_part_says_so(
    buyer: CardPlusPay, account: Account
) -> None:
    account.arm("fewer-codes", deliver=1, charge="delivered")
    vendor_order = await buyer.gift_cards.place(PURCHASE)
    assert vendor_order.status is VendorOrderStatus.PARTIALLY_DELIVERED
    assert vendor_order.charge == Money(PLAIN_PRICE, "USD")


@pytest.mark.contract("cardpluspay 3a", "cardpluspay G14")
@pytest.mark.parametrize("how", [{"seconds": 0.3}, {"polls": 2}], ids=in_short)
async def test_late_codes_are_in_a_later_read(buyer: CardPlusPay, account: Account, how: Options) -> None:
    account.arm("pending", **how)
    placed = await buyer.gift_cards.place(PURCHASE)

    async def delivered() -> VendorOrder | None:
        read = await buyer.gift_cards.fetch(placed.vendor_order_id)
        if read.status is VendorOrderStatus.DELIVERED:
            return read
        assert read.deliverables == ()
        return None

    read = await until(delivered)

    assert [(voucher.card_number, None) for voucher in vouchers(read.deliverables)] == account.codes()


@pytest.mark.contract("cardpluspay 2.4a", "cardpluspay G5")
@pytest.mark.parametrize("quantity", [0, 101])
async def test_what_the_vendor_would_not_sell_at_once_is_not_asked_for(
    buyer: CardPlusPay, account: Account, quantity: int
) -> None:
    account.choose(out_of_range="clamp")  # then a hundred would come instead
    terms = gift_card_terms("cardpluspay", PLAIN, Money(Decimal("20.00"), "USD"), quantity, "balance")
    with pytest.raises(Refused):
        await buyer.gift_cards.place(Purchase(terms, "GC-MANY", None))
    assert account.asked(BUY) == []


@pytest.mark.contract("cardpluspay 1.9a", "cardpluspay 4c", "cardpluspay G8", "cardpluspay G9")
@pytest.mark.parametrize(
    "choices", [{"field_errors": True}, {"field_errors": False}, {"failure_data": "null"}]
)
async def test_a_request_the_vendor_finds_invalid_bought_nothing_whether_or_not_it_says_why(
    buyer: CardPlusPay, account: Account, choices: Options
) -> None:
    account.choose(**choices)
    nameless = gift_card_terms("cardpluspay", "", Money(Decimal("20.00"), "USD"), 1, "balance")
    with pytest.raises(Refused) as raised:
        await buyer.gift_cards.place(Purchase(nameless, "GC-NAMELESS", None))
    assert (raised.value.code, raised.value.may_have_purchased) == ("INVALID", False)
    assert account.orders() == []


@pytest.mark.contract("cardpluspay 4a")
async def test_two_equal_purchases_are_two_orders(buyer: CardPlusPay, account: Account) -> None:
    first, second = await buyer.gift_cards.place(PURCHASE), await buyer.gift_cards.place(PURCHASE)
    assert first.vendor_order_id != second.vendor_order_id
    assert account.spent() == 6 * PLAIN_PRICE


@pytest.mark.contract("cardpluspay G32", "cardpluspay 1.1b", "cardpluspay 2.4a")
async def test_no_address_goes_to_the_vendor(buyer: CardPlusPay, account: Account) -> None:
    await buyer.gift_cards.place(PURCHASE)
    assert account.only_order()["email"] is None


async def test_a_port_where_nobody_listens_was_surely_not_sent_to(account: Account) -> None:
    client = account.client(base_url="http://127.0.0.1:1/v1")
    with pytest.raises(NotSent):
        await client.gift_cards.place(PURCHASE)
    await client.aclose()
