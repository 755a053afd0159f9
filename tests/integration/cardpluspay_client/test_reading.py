"""Reads are repeated after failures, and make the best of lists that are hardly documented."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import monotonic
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.domain.money import Money
from bot.domain.vendor_orders import VendorOrderStatus
from bot.kinds.gift_card import GIFT_CARD
from bot.vendors.cardpluspay.client import CardPlusPay
from bot.vendors.cardpluspay.rate_limit import CardPlusPayRateLimiter, QuotaClass
from bot.vendors.contract import NotSent, OutcomeUnknown, Refused, Vendor, VendorError
from bot.vendors.http.transport import Timeouts
from tests.integration.cardpluspay_client.conftest import (
    BALANCE,
    CATALOGUE,
    CHECK,
    ITEM,
    LIST,
    READ,
    TERMS,
    NewClient,
    holds,
    in_stock,
    says,
    says_no,
)
from tests.support.every import assert_every
from tests.support.malformed_responses import MALFORMED_RESPONSES, assert_no_task_left_running
from tests.support.scripted_server import ScriptedReply, ScriptedServer, answers, hangs, resets, sends
from tests.support.terms import gift_card_terms, vouchers
from tests.unit.cardpluspay.responses import order, product, read_again

PATIENT = Timeouts(1, 0.4, 5)
FOUND = says(read_again())
PASSING: dict[str, ScriptedReply] = {
    "an early hang-up": sends(b""),
    "a reset": resets,
    "a 500": says_no(500),
    "a gateway's page": answers(502, raw=b"<html>"),
    "a gateway that finds nothing": answers(404, raw=b"<html>"),
    "a read time-out": hangs,
    "half a body": sends(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"),
    "a 429": says_no(429, Retry_After="0"),
}


def test_it_is_a_vendor_without_references_and_statement(client: CardPlusPay) -> None:
    vendor: Vendor = client
    assert (vendor.name, vendor.title, vendor.host) == ("cardpluspay", "CardPlusPay", "127.0.0.1")
    cards = vendor.sells[GIFT_CARD]
    assert cards.max_order_quantity == 100
    assert (cards.reference_lookup, vendor.wallet_statement) == (None, None)


async def test_it_does_not_say_whose_account_it_is(client: CardPlusPay) -> None:
    assert await client.account() is None


@pytest.mark.parametrize("problem", PASSING.values(), ids=PASSING.keys())
async def test_a_read_gets_over(
    server: ScriptedServer, new_client: NewClient, problem: ScriptedReply
) -> None:
    server.on(READ, problem, FOUND)
    assert (await new_client(timeouts=PATIENT).gift_cards.fetch("90417")).vendor_order_id == "90417"
    assert len(server.asked(READ)) == 2


async def test_a_read_that_never_works_ends_within_its_time(
    server: ScriptedServer, new_client: NewClient
) -> None:
    server.on(BALANCE, hangs)
    started = monotonic()
    with pytest.raises(OutcomeUnknown):
        await new_client(timeouts=Timeouts(1, 0.3, 30)).wallets(timeout_s=0.7)
    assert monotonic() - started < 5
    assert len(server.asked(BALANCE)) >= 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_a_no_to_a_read_is_not_asked_again(
    server: ScriptedServer, client: CardPlusPay, status: int
) -> None:
    server.on(READ, says_no(status))
    with pytest.raises(Refused) as raised:
        await client.gift_cards.fetch("90417")
    assert (raised.value.not_found, raised.value.may_have_purchased) == (status == 404, False)
    assert len(server.asked(READ)) == 1


async def test_an_order_read_again_has_its_codes_and_what_it_cost(
    server: ScriptedServer, client: CardPlusPay
) -> None:
    server.on(READ, FOUND)
    vendor_order = await client.gift_cards.fetch("90417")
    assert vendor_order.status is VendorOrderStatus.DELIVERED
    assert [voucher.card_number for voucher in vouchers(vendor_order.deliverables)] == [
        "A1B2-C3D4",
        "G7H8-J9K0",
    ]
    assert vendor_order.pins_left_out
    assert vendor_order.charge == Money(Decimal("38.70"), "USD")
    assert vendor_order.created_at == datetime(2031, 5, 2, 7, 14, 8, tzinfo=UTC)


async def test_late_codes_come_with_a_later_read(server: ScriptedServer, client: CardPlusPay) -> None:
    server.on(
        READ,
        says(read_again(status="pending", codes=[])),
        says(read_again(codes=order()["codes"][:1])),
        says(read_again(codes=order()["codes"])),
    )
    seen = [await client.gift_cards.fetch("90417") for _ in range(3)]
    assert [len(vendor_order.deliverables) for vendor_order in seen] == [0, 1, 2]
    assert [vendor_order.pins_left_out for vendor_order in seen] == [True, False, False]
    assert vouchers(seen[2].deliverables)[1].pin_code == "4410"


@pytest.mark.parametrize("odd", ["", "0", "-1", "ORD-2031-417", "../balance", "９０", "9" * 5000])
async def test_an_order_number_that_cannot_be_one_is_refused_before_anything_is_sent(
    server: ScriptedServer, client: CardPlusPay, odd: str
) -> None:
    with pytest.raises(Refused) as raised:
        await client.gift_cards.fetch(odd)
    assert raised.value.not_found
    assert not server.received


def page_of(rows: list[Any], at: int | None, last: int | None, key: str = "products") -> ScriptedReply:
    pagination = {"total": 250, "per_page": 100, "current_page": at, "last_page": last}
    return says({key: rows, "pagination": pagination, "state": "success"})


def item(number: int, **changed: Any) -> dict[str, Any]:
    return product(item_code=f"ITEM-{number}", **changed)


async def codes_of(client: CardPlusPay) -> list[list[str]]:
    return [[p.product_id for p in page.products] async for page in client.gift_cards.products()]


async def test_the_catalogue_is_read_page_by_page(server: ScriptedServer, client: CardPlusPay) -> None:
    server.on(CATALOGUE, page_of([item(1), item(2)], 1, 2), page_of([item(2), item(3)], 2, 2))

    pages = [page async for page in client.gift_cards.products()]

    assert [[p.product_id for p in page.products] for page in pages] == [["ITEM-1", "ITEM-2"], ["ITEM-3"]]
    assert [page.total for page in pages] == [250, 250]
    targets = [received.target.partition("?")[2] for received in server.asked(CATALOGUE)]
    assert targets == ["per_page=100&page=1", "per_page=100&page=2"]


@pytest.mark.parametrize(
    "second",
    [page_of([item(1)], 1, 3), page_of([item(9)], 1, 3), page_of([item(1)], None, None), page_of([], 2, 3)],
    ids=["the same page", "page one with news", "the same without a number", "an empty page"],
)
async def test_pages_that_do_not_advance_end_the_catalogue(
    server: ScriptedServer, client: CardPlusPay, second: ScriptedReply
) -> None:
    server.on(CATALOGUE, page_of([item(1)], 1, 3), second)
    assert await codes_of(client) == [["ITEM-1"]]
    assert len(server.asked(CATALOGUE)) == 2


async def test_it_is_said_when_pages_stop_before_the_last(
    server: ScriptedServer, client: CardPlusPay
) -> None:
    server.on(CATALOGUE, page_of([item(1)], 1, 3))
    with capture_logs() as lines:
        await codes_of(client)
    assert [line["event"] for line in lines if line["log_level"] == "warning"] == [
        "cardpluspay_pages_do_not_advance"
    ]


async def test_without_page_numbers_the_catalogue_is_read_until_nothing_new_comes(
    server: ScriptedServer, client: CardPlusPay
) -> None:
    server.on(CATALOGUE, says([item(1)]), says([item(2)]), says([item(2)]))
    assert await codes_of(client) == [["ITEM-1"], ["ITEM-2"]]


@pytest.mark.parametrize(
    "layout", [lambda rows: rows, lambda rows: {"list": rows}, lambda rows: {"a": rows, "b": []}]
)
async def test_the_catalogue_is_found_wherever_it_is(
    server: ScriptedServer, client: CardPlusPay, layout: Callable[[Any], Any]
) -> None:
    server.on(CATALOGUE, says(layout([item(1, value="20.00", price="19.35")])))
    assert await codes_of(client) == [["ITEM-1"]]


async def test_a_catalogue_that_is_not_found_fails_loudly(
    server: ScriptedServer, client: CardPlusPay
) -> None:
    server.on(CATALOGUE, says({"products": {"first": item(1)}}))
    with pytest.raises(OutcomeUnknown, match="item_code"):
        await codes_of(client)


async def test_what_we_could_not_hand_over_or_not_price_is_left_out_and_counted(
    server: ScriptedServer, client: CardPlusPay
) -> None:
    rows = [item(1), item(2, currency="EUR"), item(3, currency="JPY"), item(4, delivery_type="PHYSICAL")]
    server.on(CATALOGUE, page_of(rows, 1, 1))
    with capture_logs() as lines:
        assert await codes_of(client) == [["ITEM-1"]]
    [left_out] = [line for line in lines if line["event"] == "cardpluspay_products_left_out"]
    assert (left_out["other_currency"], left_out["posted"]) == (2, 1)
    assert left_out["account_currency"] == "USD"


async def test_one_odd_product_does_not_cost_its_page(server: ScriptedServer, client: CardPlusPay) -> None:
    server.on(CATALOGUE, page_of([item(1), {"item_code": "X"}, "three", item(4)], 1, 1))
    assert await codes_of(client) == [["ITEM-1", "ITEM-4"]]


async def test_a_quote_asks_for_stock_and_balance(server: ScriptedServer, client: CardPlusPay) -> None:
    server.on(CHECK, in_stock())
    quote = await client.gift_cards.quote(TERMS)

    [asked] = server.asked(CHECK)
    assert asked.json == {"item_id": ITEM, "quantity": 2}
    assert quote.charge == Money(Decimal("38.70"), "USD")
    assert quote.balance_after == Money(Decimal("1165.45"), "USD")
    assert quote.life == timedelta(0)


async def test_more_than_one_order_may_have_is_checked_for_as_many_as_it_may(
    server: ScriptedServer, client: CardPlusPay
) -> None:
    server.on(CHECK, in_stock())
    quote = await client.gift_cards.quote(
        gift_card_terms("cardpluspay", ITEM, TERMS.line.unit_value, 250, "balance")
    )
    assert server.asked(CHECK)[0].json["quantity"] == 100
    assert quote.charge == Money(Decimal("4837.50"), "USD")


NOT_THERE: dict[str, ScriptedReply] = {
    "a 400": says_no(400, "Out of stock"),
    "a 200 that says no": says_no(200, "Out of stock"),
    "a status": says({"status": False, "state": "out_of_stock", "message": "Out of stock", "requested": 2}),
}


@pytest.mark.parametrize("reply", NOT_THERE.values(), ids=NOT_THERE.keys())
async def test_what_is_not_in_stock_is_refused_in_each_way_it_may_be_said(
    server: ScriptedServer, client: CardPlusPay, reply: ScriptedReply
) -> None:
    server.on(CHECK, reply)
    with pytest.raises(Refused, match="does not have 2 of this card in stock") as raised:
        await client.gift_cards.quote(TERMS)
    assert raised.value.code == "OUT_OF_STOCK"
    assert not await client.gift_cards.is_available(TERMS.line)


async def test_an_item_nobody_knows_is_not_found(server: ScriptedServer, client: CardPlusPay) -> None:
    server.on(CHECK, says_no(404, "Unknown item"))
    for ask in (client.gift_cards.quote(TERMS), client.gift_cards.is_available(TERMS.line)):
        with pytest.raises(Refused) as raised:
            await ask
        assert raised.value.not_found


async def test_what_is_in_stock_is_available(server: ScriptedServer, client: CardPlusPay) -> None:
    server.on(CHECK, in_stock("19.35"))
    assert await client.gift_cards.is_available(TERMS.line)


async def test_a_card_in_another_currency_than_the_account_is_not_quoted(
    server: ScriptedServer, client: CardPlusPay
) -> None:
    server.on(CHECK, in_stock())
    server.on(BALANCE, holds("1204.15", "EUR"))
    with pytest.raises(Refused, match="which currency"):
        await client.gift_cards.quote(TERMS)


async def test_there_is_one_wallet_and_no_other(server: ScriptedServer, client: CardPlusPay) -> None:
    [wallet] = await client.wallets()
    assert (wallet.wallet_id, wallet.kind) == ("balance", "PREPAID")
    assert wallet.balance == Money(Decimal("1204.15"), "USD")
    with pytest.raises(Refused, match="no wallet 31"):
        await client.gift_cards.quote(gift_card_terms("cardpluspay", ITEM, TERMS.line.unit_value, 2, "31"))


async def test_names_are_those_everybody_uses(server: ScriptedServer, client: CardPlusPay) -> None:
    server.on(CATALOGUE, page_of([item(1), item(2, category="Music")], 1, 1))
    await codes_of(client)
    names = await client.names()
    assert (names.countries["DEU"], names.countries["XKX"]) == ("Germany", "Kosovo")
    assert names.currencies == {"USD": "US Dollar"}
    assert names.categories == ("Gaming", "Music")


async def test_details_are_what_the_catalogue_gives(server: ScriptedServer, client: CardPlusPay) -> None:
    server.on(CATALOGUE, says([product(description="Play more.")]), says([product()]), says([]), says_no(404))

    assert (await client.gift_cards.product_details(ITEM)).details == "Play more."
    assert (await client.gift_cards.product_details(ITEM)).details is None
    for _ in range(2):
        with pytest.raises(Refused) as raised:
            await client.gift_cards.product_details(ITEM)
        assert raised.value.not_found
    assert server.asked(CATALOGUE)[0].target.endswith(f"?item_id={ITEM}")


async def test_orders_are_listed_newest_first_whatever_became_of_them(
    server: ScriptedServer, client: CardPlusPay
) -> None:
    rows = [
        {"order_id": 3, "order_no": "ORD-3", "status": "completed", "amount": 38.70},
        {"order_id": 2, "status": "failed", "amount": "19.35", "created_at": "2031-05-02T09:14:08+02:00"},
        {"order_no": "ORD-1"},
        "nonsense",
    ]
    server.on(
        LIST, page_of(rows, 1, 2, "orders"), page_of([{"order_id": 2}, {"order_id": 1}], 2, 2, "orders")
    )

    pages = [page async for page in client.orders()]

    assert [[each.vendor_order_id for each in page] for page in pages] == [["3", "2"], ["1"]]
    newest, failed = pages[0]
    assert newest.charge == Money(Decimal("38.70"), "USD")
    assert (newest.at, newest.client_reference, newest.wallet_id) == (None, None, "balance")
    assert failed.at == datetime(2031, 5, 2, 7, 14, 8, tzinfo=UTC)
    target = server.asked(LIST)[0].target
    assert target == "/v1/orders?per_page=100&sort_by=created_at&order=desc&page=1"


async def test_an_account_without_orders_has_an_empty_list(
    server: ScriptedServer, client: CardPlusPay
) -> None:
    server.on(LIST, says({"orders": [], "pagination": {"total": 0, "current_page": 1, "last_page": 1}}))
    assert [page async for page in client.orders()] == [[]]


async def test_a_pause_asked_of_one_kind_of_call_is_kept_by_all(
    server: ScriptedServer, new_client: NewClient
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    rate_limiter = CardPlusPayRateLimiter(dict.fromkeys(QuotaClass, 6000), now=lambda: 0.0, sleep=sleep)
    client = new_client(rate_limiter=rate_limiter, timeouts=Timeouts(1, 1, 40))
    server.on(CHECK, says_no(429, Retry_After="30"))
    server.on(LIST, says({"orders": []}))
    with pytest.raises(NotSent):
        await client.gift_cards.quote(TERMS, timeout_s=1)
    await client.wallets()
    assert slept == [pytest.approx(30)]


READS: dict[str, Callable[[CardPlusPay], Awaitable[Any]]] = {
    READ: lambda client: client.gift_cards.fetch("90417"),
    BALANCE: lambda client: client.wallets(),
    CHECK: lambda client: client.gift_cards.quote(TERMS),
    CATALOGUE: lambda client: codes_of(client),
    LIST: lambda client: anext(client.orders()),
}


@pytest.mark.parametrize("reply", MALFORMED_RESPONSES.values(), ids=MALFORMED_RESPONSES.keys())
async def test_no_read_crashes_hangs_or_leaves_anything_open(
    server: ScriptedServer, new_client: NewClient, reply: ScriptedReply
) -> None:
    client = new_client(timeouts=Timeouts(1, 0.5, 1))
    await client.wallets()
    for path in READS:
        server.on(path, reply)
    started = monotonic()

    outcomes: list[Any] = await asyncio.gather(
        *(read(client) for read in READS.values()), return_exceptions=True
    )

    assert monotonic() - started < 10
    assert_every(outcomes, lambda outcome: isinstance(outcome, VendorError))
    await assert_no_task_left_running(server)
    server.on(READ, FOUND)
    assert (await client.gift_cards.fetch("90417")).vendor_order_id == "90417"


async def test_no_read_whatever_it_meets_raises_anything_but_a_vendor_error(
    server: ScriptedServer, client: CardPlusPay
) -> None:
    odd: list[Any] = [None, 5, "x", [None], [5], ["x"], [[]], {"a": 1}, [{"id": []}], {"order_id": 90417}]
    odd += [{"order_id": {}, "codes": 3}, {"pagination": 5, "orders": []}, [{"item_code": []}]]
    for value in odd:
        for name in READS:
            server.on(name, says(value))
        outcomes: list[Any] = await asyncio.gather(
            *(read(client) for read in READS.values()), return_exceptions=True
        )
        failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert_every(failed, lambda failure: isinstance(failure, VendorError))
