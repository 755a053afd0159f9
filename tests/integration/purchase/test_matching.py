"""The daily match against a vendor's real books, over real HTTP."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.domain.matching import Kind as Found
from bot.domain.orders import OrderState
from bot.providers.contract import ProviderError
from bot.usecases.decide_request import approve_request
from bot.usecases.match_purchases import last_matched_at, match_purchases
from bot.usecases.notices import Kind
from bot.usecases.quote_order import Selection
from bot.usecases.reveal_codes import record_reveal
from bot.workers.match import match_if_due
from tests.integration.purchase.conftest import LEAD, approved, ask, sent, work, work_until

USD_WALLET = "31"


async def matched(desk):
    return await match_purchases(desk, desk.provider("octopus"))


async def kinds(desk):
    return [finding.kind for finding in (await matched(desk)).findings]


def order_elsewhere(vendor: dict[str, Any], reference: str | None = None) -> dict[str, Any]:
    """Somebody else uses our API key."""
    env = vendor["env"]
    with httpx.Client(base_url=env["OCTOPUS_BASE_URL"], timeout=10) as client:
        pair = {"username": env["OCTOPUS_API_KEY"], "password": env["OCTOPUS_API_SECRET"]}
        token = client.post("/auth/login", json=pair).json()["data"]["access_token"]
        wish: dict[str, Any] = {
            "product_id": 8101,
            "denomination": 20,
            "quantity": 1,
            "wallet_id": int(USD_WALLET),
        }
        wish |= {"client_reference": reference} if reference else {}
        answer = client.post("/api/v1/orders", json=wish, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


async def test_books_agree_after_orders_of_every_kind(desk, clock, office):
    euro = desk.store.catalogue.search("zalando", currency="EUR", limit=1).products[0]
    abroad = await ask(
        desk, key="abroad", selection=Selection(euro.key, euro.denominations[0].minimum, 3, USD_WALLET)
    )
    await work(desk, clock, approve_request(desk, LEAD, abroad.id))
    await work(desk, clock, await approved(desk, 2, key="two"))
    await work_until(desk, clock, await approved(desk, 8, key="eight"), OrderState.DELIVERED)
    office.arm("fail")
    failed = await work_until(desk, clock, await approved(desk, 6, key="fails"), OrderState.FAILED)
    office.arm("partial", deliver=2)
    part = await work_until(desk, clock, await approved(desk, 6, key="part"), OrderState.PARTLY_DELIVERED)
    await ask(desk, key="waits")

    refunded = {failed.client_reference, part.client_reference}
    async with asyncio.timeout(10):  # the vendor gives the rest up in its own time
        report = await matched(desk)
        while {refund.client_reference for refund in report.refunds} != refunded:
            await asyncio.sleep(0.05)
            report = await matched(desk)

    assert report.findings == ()
    assert (report.orders_here, report.orders_there) == (6, 5)
    assert sent(desk, clock, Kind.MATCH) == []
    clock.advance(timedelta(hours=26))
    assert set(await kinds(desk)) == {Found.NOT_REVEALED}


@pytest.mark.parametrize("reference", [None, "SHOP-4711"])
async def test_an_order_placed_with_our_key_elsewhere_is_shouted_about(desk, clock, vendor, reference):
    theirs = order_elsewhere(vendor, reference)

    report = await matched(desk)

    (finding,) = report.findings
    assert (finding.kind, finding.provider_order_id) == (Found.UNKNOWN_ORDER, str(theirs["id"]))
    (message,) = sent(desk, clock, Kind.MATCH)
    assert message == {"vendor": "Octopus Cards", "findings": [finding.says], "found": 1}


async def test_what_was_bought_before_this_bot_existed_is_left_out_for_ever(desk, clock, vendor, office):
    office.choose(order_timestamps=False)
    order_elsewhere(vendor)
    clock.advance(timedelta(hours=1))
    # the first match of a new database: the baseline is now
    assert await kinds(desk) == []
    clock.advance(timedelta(days=2))
    assert await kinds(desk) == []


async def test_a_bot_that_has_bought_before_its_first_match_looks_back_to_its_first_request(
    desk, clock, vendor
):
    await work(desk, clock, await approved(desk, 1))
    order_elsewhere(vendor)
    clock.advance(timedelta(hours=1))

    assert await kinds(desk) == [Found.UNKNOWN_ORDER]


async def test_money_that_leaves_a_wallet_for_no_order_is_found(desk, clock, office):
    await ask(desk)
    office.set_wallet(USD_WALLET, "1.00")

    assert await kinds(desk) == [Found.UNKNOWN_DEBIT]


async def test_an_order_that_was_declared_not_bought_and_is_there_is_found(desk, clock, vendor):
    order = await ask(desk)
    order_elsewhere(vendor, order.client_reference)

    (finding,) = (await matched(desk)).findings

    assert finding.kind is Found.NOT_APPROVED
    assert finding.says.startswith(f"{order.client_reference}: the vendor has it as order ")


async def test_a_refund_the_vendor_forgot_is_found(desk, clock, office):
    office.choose(partial_refund="none")
    office.arm("partial", deliver=2)
    order = await work_until(desk, clock, await approved(desk, 6), OrderState.PARTLY_DELIVERED)
    with desk.transaction():
        record_reveal(desk, order, shown=True)
    clock.advance(timedelta(hours=25))

    assert await kinds(desk) == [Found.REFUND_MISSING]


async def test_codes_their_requester_never_looked_at_are_found_until_they_do(desk, clock):
    order = await work(desk, clock, await approved(desk, 2))
    assert await kinds(desk) == []
    clock.advance(timedelta(hours=25))
    assert await kinds(desk) == [Found.NOT_REVEALED]

    with desk.transaction():
        record_reveal(desk, order, shown=True)
    assert await kinds(desk) == []


async def test_a_match_is_on_record_with_its_counts_and_findings_and_no_codes(desk, clock, vendor):
    order = await work(desk, clock, await approved(desk, 2))
    order_elsewhere(vendor)
    await matched(desk)

    row = list(desk.store.audit.rows())[-1]

    assert (row.action, row.actor.name) == ("books_matched", "matcher")
    details = json.loads(row.details)
    assert (details["orders_here"], details["orders_there"], details["found"]) == (1, 2, 1)
    assert details["findings"][0]["kind"] == "unknown_order"
    assert not any(code in row.details for v in desk.store.codes.of_order(order.id) for code in v.secrets)
    assert desk.store.audit.verify().ok


async def test_half_a_book_proves_nothing(desk, clock, office):
    await work(desk, clock, await approved(desk, 2))
    office.arm("error", method="GET", path="/api/v1/orders*", status=500, times=0)

    with pytest.raises(ProviderError):
        await match_purchases(desk, desk.provider("octopus"))

    assert last_matched_at(desk, desk.provider("octopus")) is None
    assert sent(desk, clock, Kind.MATCH) == []


async def test_books_longer_than_a_page_are_read_to_their_end(desk, clock, vendor, monkeypatch):
    monkeypatch.setattr("bot.providers.octopus.client._ORDERS_PAGE", 2)
    monkeypatch.setattr("bot.providers.octopus.client._STATEMENT_PAGE", 2)
    for n in range(5):
        await work(desk, clock, await approved(desk, 1, key=f"order {n}"))
    order_elsewhere(vendor)

    report = await matched(desk)

    assert (report.orders_there, [finding.kind for finding in report.findings]) == (6, [Found.UNKNOWN_ORDER])


async def test_the_books_are_matched_once_a_day_whatever_the_clock_does(desk, clock):
    def times():
        return [row.action for row in desk.store.audit.rows()].count("books_matched")

    await match_if_due(desk, desk.provider("octopus"))
    await match_if_due(desk, desk.provider("octopus"))
    assert times() == 1
    clock.advance(timedelta(hours=23))
    await match_if_due(desk, desk.provider("octopus"))
    assert times() == 1
    clock.advance(timedelta(hours=1))
    await match_if_due(desk, desk.provider("octopus"))
    assert times() == 2
    clock.advance(-timedelta(days=30))
    await match_if_due(desk, desk.provider("octopus"))
    assert times() == 3
