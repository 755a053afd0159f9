"""Reads are repeated after failures, for as long as they may and no longer."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import monotonic
from typing import Any

import pytest
import structlog

from bot.domain.money import Money
from bot.vendors.contract import NotSent, OutcomeUnknown, Refused, VendorError
from bot.vendors.http.payloads import log_unknown_once
from bot.vendors.http.transport import Timeouts
from bot.vendors.octopus.client import OctopusCards
from tests.integration.octopus_client.conftest import TERMS, NewClient
from tests.support.every import assert_every
from tests.support.octopus_scripted_server import (
    ScriptedReply,
    ScriptedServer,
    answers,
    drips,
    hangs,
    refusal,
    resets,
    sends,
)
from tests.support.terms import gift_card_terms

ORDER, PRODUCTS, WALLETS, CURRENCIES, COUNTRIES, CATEGORIES, CHARGES = (
    "GET /api/v1/orders/5",
    "GET /api/v1/products",
    "GET /api/v1/wallets",
    "GET /api/v1/currencies",
    "GET /api/v1/countries",
    "GET /api/v1/categories",
    "POST /api/v1/products/8101/charges",
)
FOUND = answers(200, {"id": 5})
PATIENT = Timeouts(1, 0.4, 5)


def product(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"Card {number}",
        "category": "Gaming",
        "country_code": "DEU",
        "currency_code": "EUR",
        "available_denominations": [{"min_value": 20.0, "max_value": 20.0, "discount": 4.0}],
    }


PASSING: dict[str, ScriptedReply] = {
    "an early hang-up": sends(b""),
    "a reset": resets,
    "a 500": answers(500, refusal("INTERNAL_SERVER_ERROR")),
    "a gateway's page": answers(502, raw=b"<html>"),
    "a read time-out": hangs,
    "half a body": sends(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"),
    "a 429": answers(429, refusal("TOO_MANY_REQUESTS"), Retry_After="0"),
}


@pytest.mark.contract("16.2a", "16.2b")
@pytest.mark.parametrize("problem", PASSING.values(), ids=PASSING.keys())
async def test_a_read_gets_over(
    server: ScriptedServer, new_client: NewClient, problem: ScriptedReply
) -> None:
    server.on(ORDER, problem, FOUND)

    vendor_order = await new_client(timeouts=PATIENT).gift_cards.fetch("5")

    assert vendor_order.vendor_order_id == "5"
    assert len(server.asked(ORDER)) == 2


@pytest.mark.contract("15b")
@pytest.mark.parametrize("status", [429, 503])
async def test_a_read_comes_back_when_the_vendor_says(
    server: ScriptedServer, new_client: NewClient, status: int
) -> None:
    server.on(ORDER, answers(status, refusal("X_Y"), Retry_After="1"), FOUND)
    started = monotonic()

    await new_client(timeouts=PATIENT).gift_cards.fetch("5")

    assert monotonic() - started >= 1


async def test_a_pause_longer_than_our_patience_is_not_waited_for(
    server: ScriptedServer, client: OctopusCards
) -> None:
    server.on(ORDER, answers(429, refusal("TOO_MANY_REQUESTS"), Retry_After="600"))

    with pytest.raises(NotSent) as raised:
        await client.gift_cards.fetch("5")

    assert raised.value.retry_after_s == 600
    assert len(server.asked(ORDER)) == 1


@pytest.mark.contract("9.2e")
@pytest.mark.parametrize("problem", [answers(503), hangs, sends(b"")], ids=["503", "hangs", "hangs up"])
async def test_a_read_that_never_works_ends_within_its_time(
    server: ScriptedServer, new_client: NewClient, problem: ScriptedReply
) -> None:
    server.on(WALLETS, problem)
    server.on(CURRENCIES, answers(200, []))
    started = monotonic()

    with pytest.raises(OutcomeUnknown):
        await new_client(timeouts=Timeouts(1, 0.3, 30)).wallets(timeout_s=0.7)

    assert monotonic() - started < 5
    assert len(server.asked(WALLETS)) >= 2


@pytest.mark.contract("9.2e")
async def test_a_drip_is_cut_off_although_every_byte_is_in_time(
    server: ScriptedServer, new_client: NewClient
) -> None:
    server.on(ORDER, drips(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n{", b" ", 0.05))

    with pytest.raises(OutcomeUnknown):
        await new_client(timeouts=Timeouts(1, 30, 0.5)).gift_cards.fetch("5")


async def test_a_vendor_that_is_down_is_not_reached_by_a_read(new_client: NewClient) -> None:
    with pytest.raises(NotSent, match="cannot be reached"):
        await new_client("http://127.0.0.1:9").gift_cards.fetch("5")


@pytest.mark.contract("4.1c", "16.2b")
@pytest.mark.parametrize(
    "reply",
    [answers(400, refusal("BAD_REQUEST")), answers(404, refusal("NOT_FOUND")), answers(422, raw=b"<html>")],
)
async def test_a_no_to_a_read_is_not_asked_again(
    server: ScriptedServer, client: OctopusCards, reply: ScriptedReply
) -> None:
    server.on(ORDER, reply)
    with pytest.raises(Refused) as raised:
        await client.gift_cards.fetch("5")
    assert not raised.value.may_have_purchased
    assert len(server.asked(ORDER)) == 1


@pytest.mark.contract("7.1a")
@pytest.mark.parametrize(
    "reply",
    [
        answers(200, raw=b"<html>"),
        answers(302, raw=b"", Location="/x"),
        answers(200, []),
        answers(200, {"id": 6}),
    ],
    ids=["html", "redirect", "list", "another order"],
)
async def test_nonsense_is_not_asked_for_again(
    server: ScriptedServer, client: OctopusCards, reply: ScriptedReply
) -> None:
    server.on(ORDER, reply)
    with pytest.raises(OutcomeUnknown):
        await client.gift_cards.fetch("5")
    assert len(server.asked(ORDER)) == 1


@pytest.mark.contract("2.4a")
async def test_the_catalogue_is_read_page_by_page_as_the_headers_say(
    server: ScriptedServer, client: OctopusCards
) -> None:
    server.on(
        PRODUCTS,
        answers(200, [product(1), product(2)], X_Has_More="true", X_Total_Pages="2"),
        answers(200, [product(3)], X_Has_More="false", X_Total_Pages="2"),
    )

    pages = [[p.product_id for p in page.products] async for page in client.gift_cards.products()]

    assert pages == [["1", "2"], ["3"]]
    assert [received.target.partition("?")[2] for received in server.asked(PRODUCTS)] == [
        "page=1&limit=500",
        "page=2&limit=500",
    ]


@pytest.mark.contract("2.4a")
@pytest.mark.parametrize(
    ("headers", "pages"),
    [({"X_Total_Pages": "3"}, 3), ({}, 1), ({"X_Has_More": "maybe"}, 1), ({"X_Total_Pages": "many"}, 1)],
)
async def test_without_the_usual_header_the_catalogue_still_ends(
    server: ScriptedServer, client: OctopusCards, headers: dict[str, Any], pages: int
) -> None:
    server.on(PRODUCTS, answers(200, [product(1)], **headers))
    assert len([page async for page in client.gift_cards.products()]) == pages


async def test_a_vendor_who_knows_no_pages_and_lists_everything_each_time_is_read_once(
    server: ScriptedServer, client: OctopusCards
) -> None:
    server.on(PRODUCTS, answers(200, [product(number) for number in range(1, 601)]))

    assert [len(page.products) async for page in client.gift_cards.products()] == [600]
    assert len(server.asked(PRODUCTS)) == 2


async def test_an_empty_page_ends_the_catalogue_whatever_the_headers_say(
    server: ScriptedServer, client: OctopusCards
) -> None:
    server.on(PRODUCTS, answers(200, [product(1)], X_Has_More="true"), answers(200, [], X_Has_More="true"))
    assert len([page async for page in client.gift_cards.products()]) == 1


async def test_a_catalogue_without_end_is_an_error_rather_than_a_catalogue(
    server: ScriptedServer, client: OctopusCards
) -> None:
    server.on(PRODUCTS, answers(200, [product(1)], X_Has_More="true"))
    with pytest.raises(OutcomeUnknown, match="no end"):
        async for _ in client.gift_cards.products():
            pass


@pytest.mark.contract("4.1a")
async def test_one_odd_product_does_not_cost_its_page(server: ScriptedServer, client: OctopusCards) -> None:
    server.on(PRODUCTS, answers(200, [product(1), {"id": 2}, "three", product(4)]))
    pages = [[p.product_id for p in page.products] async for page in client.gift_cards.products()]
    assert pages == [["1", "4"]]


def seed(server: ScriptedServer) -> None:
    server.on(CURRENCIES, answers(200, [{"id": 2, "name": "Euro", "currency": "EUR", "precision": 2}]))
    server.on(WALLETS, answers(200, [{"id": 31, "currency_id": 2, "amount": 1840.55, "type": "PREPAID"}]))


@pytest.mark.contract("12.1a", "14a")
async def test_wallets_get_their_currency_from_the_table_which_is_kept_for_a_day(
    server: ScriptedServer, new_client: NewClient
) -> None:
    seed(server)
    now = [datetime(2026, 11, 21, tzinfo=UTC)]
    client = new_client(clock=lambda: now[0])

    for hours in (0, 23, 25):
        now[0] = datetime(2026, 11, 21, tzinfo=UTC) + timedelta(hours=hours)
        [wallet] = await client.wallets()
        assert (wallet.wallet_id, wallet.balance) == ("31", Money(Decimal("1840.55"), "EUR"))

    assert (len(server.asked(WALLETS)), len(server.asked(CURRENCIES))) == (3, 2)


async def test_a_currency_that_is_not_in_the_table_yet_is_looked_for_again(
    server: ScriptedServer, client: OctopusCards
) -> None:
    server.on(
        WALLETS, answers(200, [{"id": number, "currency_id": number, "amount": 7} for number in (31, 32)])
    )
    yen = [{"id": 31, "currency": "EUR"}, {"id": 32, "currency": "JPY"}]
    server.on(CURRENCIES, answers(200, []), answers(200, yen[:1]), answers(200, yen))

    seen = [[wallet.wallet_id for wallet in await client.wallets()] for _ in range(4)]

    assert seen == [[], ["31"], ["31", "32"], ["31", "32"]]
    assert len(server.asked(CURRENCIES)) == 3


@pytest.mark.contract("2.1a")
async def test_a_proxy_for_the_world_is_not_used_for_a_stand_in_on_this_machine(
    server: ScriptedServer, new_client: NewClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server.on(ORDER, FOUND)
    assert (await new_client().gift_cards.fetch("5")).vendor_order_id == "5"


@pytest.mark.contract("14a")
async def test_names_are_read_once_a_day(server: ScriptedServer, new_client: NewClient) -> None:
    seed(server)
    server.on(COUNTRIES, answers(200, [{"id": 14, "name": "Germany", "alpha_3": "DEU"}, {"id": 15}]))
    server.on(CATEGORIES, answers(200, [{"id": 3, "name": "Gaming"}, {"id": 4, "name": None}]))
    now = [datetime(2026, 11, 21, tzinfo=UTC)]
    client = new_client(clock=lambda: now[0])

    for hours, reads in ((0, 1), (23, 1), (25, 2)):
        now[0] = datetime(2026, 11, 21, tzinfo=UTC) + timedelta(hours=hours)
        names = await client.names()
        assert (names.countries, names.currencies) == ({"DEU": "Germany"}, {"EUR": "Euro"})
        assert names.categories == ("Gaming",)
        assert [len(server.asked(each)) for each in (COUNTRIES, CURRENCIES, CATEGORIES)] == [reads] * 3


@pytest.mark.contract("2.5b")
async def test_a_currency_with_other_decimals_than_ours_is_mentioned_once(
    server: ScriptedServer, client: OctopusCards
) -> None:
    log_unknown_once.cache_clear()
    server.on(CURRENCIES, answers(200, [{"id": 2, "currency": "JPY", "precision": 2}] * 2))
    with structlog.testing.capture_logs() as lines:
        await client.currencies()
    assert [line["where"] for line in lines if line.get("kind") == "precision"] == ["JPY"]


@pytest.mark.contract("2.4a")
async def test_each_page_says_how_many_products_there_are_in_all(
    server: ScriptedServer, client: OctopusCards
) -> None:
    server.on(
        PRODUCTS,
        answers(200, [product(1)], X_Has_More="true", X_Total_Count="3"),
        answers(200, [product(2)], X_Has_More="true", X_Total_Count="many"),
        answers(200, [product(3)]),
    )
    assert [page.total async for page in client.gift_cards.products()] == [3, None, None]


@pytest.mark.contract("5.1a")
async def test_a_quote_names_the_wallet_and_brings_its_balance(
    server: ScriptedServer, client: OctopusCards
) -> None:
    seed(server)
    server.on(CHARGES, answers(200, {"total_payable": 38.4, "discount_amount": 1.6, "max_quantity": 250}))

    quote = await client.gift_cards.quote(TERMS)

    [asked] = server.asked(CHARGES)
    assert asked.body == b'{"denomination": 20.00, "quantity": 2, "wallet_id": 31}'
    assert quote.charge == Money(Decimal("38.40"), "EUR")
    assert quote.balance_after == Money(Decimal("1802.15"), "EUR")


async def test_a_quote_from_a_wallet_that_is_gone_is_refused(
    server: ScriptedServer, client: OctopusCards
) -> None:
    seed(server)
    server.on(CHARGES, answers(200, {"total_payable": 38.4}))
    with pytest.raises(Refused, match="no wallet 77") as raised:
        await client.gift_cards.quote(gift_card_terms("octopus", "8101", TERMS.line.unit_value, 2, "77"))
    assert raised.value.not_found


async def test_a_quote_fails_as_soon_as_one_of_its_parts_does_and_leaves_nothing_running(
    server: ScriptedServer, client: OctopusCards
) -> None:
    seed(server)
    server.on(WALLETS, hangs)
    server.on(CHARGES, answers(404, refusal("NOT_FOUND", "Product not found")))
    with pytest.raises(Refused, match="Product not found"):
        await client.gift_cards.quote(TERMS)

    unfinished = asyncio.all_tasks() - server.conversations - {asyncio.current_task()}
    async with asyncio.timeout(0.3):
        await asyncio.gather(*unfinished, return_exceptions=True)


@pytest.mark.contract("4.3a")
@pytest.mark.parametrize("value", [None, "true", 1, []])
async def test_stock_is_only_there_when_the_vendor_says_so_plainly(
    server: ScriptedServer, client: OctopusCards, value: Any
) -> None:
    server.on("POST /api/v1/products/8101/availability", answers(200, {"is_available": value}))
    with pytest.raises(OutcomeUnknown):
        await client.gift_cards.is_available(TERMS.line)


@pytest.mark.contract("7.2a", "G4")
async def test_a_look_up_asks_for_our_reference_only(server: ScriptedServer, client: OctopusCards) -> None:
    server.on("GET /api/v1/orders", answers(200, []))
    assert await client.gift_cards.find("GC-261121-7K3MQ9VX") is None
    [asked] = server.asked("GET /api/v1/orders")
    assert asked.target == "/api/v1/orders?client_reference=GC-261121-7K3MQ9VX"


async def test_no_read_whatever_it_meets_raises_anything_but_a_vendor_error(
    server: ScriptedServer, client: OctopusCards
) -> None:
    odd: list[Any] = [None, 5, "x", [None], [5], ["x"], [[]], {"a": 1}, [{"id": []}], [{}]]
    reads = [
        lambda: client.wallets(),
        lambda: client.names(),
        lambda: client.currencies(),
        lambda: client.gift_cards.find("GC-1"),
        lambda: client.gift_cards.fetch("5"),
        lambda: client.gift_cards.product_details("8101"),
        lambda: client.gift_cards.quote(TERMS),
    ]
    names = (
        WALLETS,
        CURRENCIES,
        COUNTRIES,
        CATEGORIES,
        CHARGES,
        ORDER,
        "GET /api/v1/orders",
        "GET /api/v1/products/8101",
    )
    for value in odd:
        for name in names:
            server.on(name, answers(200, value))
        outcomes: list[Any] = await asyncio.gather(*(read() for read in reads), return_exceptions=True)
        failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert_every(failed, lambda failure: isinstance(failure, VendorError))
