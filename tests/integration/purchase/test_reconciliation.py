"""The daily reconciliation with a vendor's orders and transactions, over real HTTP."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.reconciliation import FindingKind as Found
from bot.services.decide_request import approve_request
from bot.services.notifications import OutboxKind
from bot.services.reconcile_purchases import last_reconciled_at, reconcile_purchases
from bot.services.reveal_codes import record_reveal
from bot.vendors.contract import VendorError
from bot.workers.reconcile import reconcile_if_due
from tests.support.at_once import saved, write
from tests.support.disk import audit_log_is_intact
from tests.support.every import assert_none
from tests.support.orders import approved, ask, sent, work, work_until
from tests.support.people import LEAD
from tests.support.terms import card_selection
from tests.support.waiting import until

USD_WALLET = "31"


async def matched(ctx):
    return await reconcile_purchases(ctx, ctx.vendor("octopus"))


async def kinds(ctx):
    return [finding.kind for finding in (await matched(ctx)).findings]


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


async def test_nothing_is_found_after_orders_of_every_kind(ctx, clock, back_office):
    euro = saved(ctx).catalogue.search("zalando", currency="EUR", limit=1).products[0]
    abroad = await ask(
        ctx, key="abroad", selection=card_selection(euro, euro.denominations[0].minimum, 3, USD_WALLET)
    )
    await work(ctx, clock, await approve_request(ctx, LEAD, abroad.id))
    await work(ctx, clock, await approved(ctx, 2, key="two"))
    await work_until(ctx, clock, await approved(ctx, 8, key="eight"), OrderState.DELIVERED)
    back_office.arm("fail")
    failed = await work_until(ctx, clock, await approved(ctx, 6, key="fails"), OrderState.FAILED)
    back_office.arm("partial", deliver=2)
    part = await work_until(ctx, clock, await approved(ctx, 6, key="part"), OrderState.PARTIALLY_DELIVERED)
    await ask(ctx, key="waits")

    refunded = {failed.client_reference, part.client_reference}

    async def with_all_refunds():  # the vendor gives the rest up in its own time
        report = await matched(ctx)
        return report if {refund.client_reference for refund in report.refunds} == refunded else None

    report = await until(with_all_refunds)
    assert report.findings == ()
    assert (report.orders_here, report.orders_there) == (6, 5)
    assert sent(ctx, clock, OutboxKind.RECONCILIATION) == []
    clock.advance(timedelta(hours=26))
    assert set(await kinds(ctx)) == {Found.NOT_REVEALED}


@pytest.mark.parametrize("reference", [None, "SHOP-4711"])
async def test_an_order_placed_with_our_key_elsewhere_is_reported(ctx, clock, vendor, reference):
    theirs = order_elsewhere(vendor, reference)

    report = await matched(ctx)

    (finding,) = report.findings
    assert (finding.kind, finding.vendor_order_id) == (Found.UNKNOWN_ORDER, str(theirs["id"]))
    (message,) = sent(ctx, clock, OutboxKind.RECONCILIATION)
    assert message == {"vendor": "Octopus Cards", "findings": [finding.message], "found": 1}


async def test_what_was_bought_before_this_bot_existed_is_left_out_for_ever(ctx, clock, vendor, back_office):
    back_office.choose(order_timestamps=False)
    order_elsewhere(vendor)
    clock.advance(timedelta(hours=1))
    # the first match of a new database: the baseline is now
    assert await kinds(ctx) == []
    clock.advance(timedelta(days=2))
    assert await kinds(ctx) == []


async def test_a_bot_that_has_bought_before_its_first_match_looks_back_to_its_first_request(
    ctx, clock, vendor
):
    await work(ctx, clock, await approved(ctx, 1))
    order_elsewhere(vendor)
    clock.advance(timedelta(hours=1))

    assert await kinds(ctx) == [Found.UNKNOWN_ORDER]


async def test_money_that_leaves_a_wallet_for_no_order_is_found(ctx, clock, back_office):
    await ask(ctx)
    back_office.set_wallet(USD_WALLET, "1.00")

    assert await kinds(ctx) == [Found.UNKNOWN_DEBIT]


async def test_an_order_that_was_declared_not_bought_and_is_there_is_found(ctx, clock, vendor):
    order = await ask(ctx)
    order_elsewhere(vendor, order.client_reference)

    (finding,) = (await matched(ctx)).findings

    assert finding.kind is Found.NOT_APPROVED
    assert finding.message.startswith(f"{order.client_reference}: the vendor has it as order ")


async def test_a_refund_the_vendor_forgot_is_found(ctx, clock, back_office):
    back_office.choose(partial_refund="none")
    back_office.arm("partial", deliver=2)
    order = await work_until(ctx, clock, await approved(ctx, 6), OrderState.PARTIALLY_DELIVERED)
    write(ctx, lambda tx: record_reveal(tx, order, shown=True))
    clock.advance(timedelta(hours=25))

    assert await kinds(ctx) == [Found.REFUND_MISSING]


async def test_codes_their_requester_never_looked_at_are_found_until_they_do(ctx, clock):
    order = await work(ctx, clock, await approved(ctx, 2))
    assert await kinds(ctx) == []
    clock.advance(timedelta(hours=25))
    assert await kinds(ctx) == [Found.NOT_REVEALED]

    write(ctx, lambda tx: record_reveal(tx, order, shown=True))
    assert await kinds(ctx) == []


async def test_a_match_is_on_record_with_its_counts_and_findings_and_no_codes(ctx, clock, vendor):
    order = await work(ctx, clock, await approved(ctx, 2))
    order_elsewhere(vendor)
    await matched(ctx)

    row = list(saved(ctx).audit.rows())[-1]

    assert (row.action, str(row.actor)) == ("reconciled", "component/reconciler")
    details = json.loads(row.details)
    assert (details["orders_here"], details["orders_there"], details["found"]) == (1, 2, 1)
    assert details["findings"][0]["kind"] == "unknown_order"
    secrets = [secret for voucher in saved(ctx).codes.of_order(order.id) for secret in voucher.secrets]
    assert_none(secrets, lambda secret: secret in row.details)
    assert audit_log_is_intact(ctx)


async def test_half_a_list_proves_nothing(ctx, clock, back_office):
    await work(ctx, clock, await approved(ctx, 2))
    back_office.arm("error", method="GET", path="/api/v1/orders*", status=500, times=0)

    with pytest.raises(VendorError):
        await reconcile_purchases(ctx, ctx.vendor("octopus"))

    assert await last_reconciled_at(ctx, ctx.vendor("octopus")) is None
    assert sent(ctx, clock, OutboxKind.RECONCILIATION) == []


async def test_lists_longer_than_a_page_are_read_to_their_end(ctx, clock, vendor, monkeypatch):
    monkeypatch.setattr("bot.vendors.octopus.client._ORDERS_PAGE", 2)
    monkeypatch.setattr("bot.vendors.octopus.client._STATEMENT_PAGE", 2)
    for n in range(5):
        await work(ctx, clock, await approved(ctx, 1, key=f"order {n}"))
    order_elsewhere(vendor)

    report = await matched(ctx)

    assert (report.orders_there, [finding.kind for finding in report.findings]) == (6, [Found.UNKNOWN_ORDER])


async def test_reconciliation_runs_once_a_day_whatever_the_clock_does(ctx, clock):
    def times():
        return [row.action for row in saved(ctx).audit.rows()].count("reconciled")

    await reconcile_if_due(ctx, ctx.vendor("octopus"))
    await reconcile_if_due(ctx, ctx.vendor("octopus"))
    assert times() == 1
    clock.advance(timedelta(hours=23))
    await reconcile_if_due(ctx, ctx.vendor("octopus"))
    assert times() == 1
    clock.advance(timedelta(hours=1))
    await reconcile_if_due(ctx, ctx.vendor("octopus"))
    assert times() == 2
    clock.advance(-timedelta(days=30))
    await reconcile_if_due(ctx, ctx.vendor("octopus"))
    assert times() == 3
