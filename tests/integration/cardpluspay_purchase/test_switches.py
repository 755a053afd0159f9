"""Where the vendor's documentation is silent, every step works whichever way it is."""

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.domain.lifecycle import OrderState
from bot.services.problem_text import problem_line
from bot.services.reconcile_purchases import reconcile_purchases
from bot.services.sync_catalogue import sync_catalogue
from bot.vendors.cardpluspay.signing import RequestSigner
from tests.support.app_context import opened_context
from tests.support.cardpluspay_account import BUY, LIST, in_short
from tests.support.cardpluspay_orders import (
    EARLIER,
    LIMITS,
    PLAIN,
    approved,
    codes_here,
    knows_as_plain,
    worked_while,
)
from tests.support.orders import actions, work

S = OrderState
EITHER_WAY = [
    {"created_status": 201},
    {"money": "swapped"},
    {"single_type": "single"},
    {"order_ids": "scattered"},
    {"list_entries": "sampled"},
    {"pages": "ignored"},
    {"failure_data": "absent"},
    {"failure_data": "null"},
    {"codes_on_read": "full"},
    {"codes_on_read": "full", "money": "swapped"},
    {"orders_per_page": "none"},
    {"key_header": "exact"},
    {"catalog_list": "items", "catalog_money": "string"},
    {"catalog_list": "bare"},
    {"brand_filter": "partial"},
    {"debit": "fulfilment"},
]


@pytest.mark.contract("cardpluspay 1.4b", "cardpluspay 1.5a", "cardpluspay 1.7a", "cardpluspay G1")
@pytest.mark.contract("cardpluspay G2", "cardpluspay G3", "cardpluspay G4", "cardpluspay G8")
@pytest.mark.contract("cardpluspay G10", "cardpluspay G11", "cardpluspay G13", "cardpluspay G15")
@pytest.mark.contract("cardpluspay G19", "cardpluspay G22", "cardpluspay G27")
@pytest.mark.parametrize("choices", EITHER_WAY, ids=in_short)
async def test_an_order_is_bought_another_lost_and_found_and_both_are_reconciled(
    ctx, clock, account, choices
):
    account.choose(**choices)
    await reconcile_purchases(ctx, ctx.vendor("cardpluspay"))
    (synced,) = await sync_catalogue(ctx)
    assert synced.failure is None
    await knows_as_plain(ctx, clock)
    account.arm("drop-after")

    order = await work(ctx, clock, await approved(ctx))
    assert order.state is S.OUTCOME_UNKNOWN
    order = await worked_while(ctx, clock, order, S.OUTCOME_UNKNOWN)

    assert order.state is S.DELIVERED
    assert codes_here(ctx, order) == account.codes()[EARLIER:]
    assert len(account.orders()) == 2
    assert (await reconcile_purchases(ctx, ctx.vendor("cardpluspay"))).findings == ()


@pytest.mark.contract("cardpluspay 1.2b", "cardpluspay 1.2c", "cardpluspay G18")
async def test_an_account_with_signing_switched_on_is_bought_from_with_signed_requests(
    ctx, clock, account, tmp_path
):
    key = generate_private_key(public_exponent=65537, key_size=2048)
    order = await approved(ctx)
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    account.change(public_key=pem.decode())
    order = await work(ctx, clock, order)
    assert (order.state, account.asked(BUY)) == (S.APPROVED, [])
    ctx.store.close()
    signing = account.client(clock=clock, signing=RequestSigner(key, "/challenge"))
    signed = opened_context(tmp_path / "giftcard.sqlite3", clock, signing, limits=LIMITS)

    account.arm("error", on="GET /v1/challenge", status=500, skip=4)  # the purchase's: it is surely not sent
    order = await work(signed, clock, order)
    assert order.state is S.APPROVED
    assert "nothing to sign" in str(problem_line(order))
    order = await work(signed, clock, order)

    assert order.state is S.DELIVERED
    assert codes_here(signed, order) == account.codes()
    signed.store.close()
    await signing.aclose()


@pytest.mark.contract("cardpluspay G23", "cardpluspay 4d")
async def test_a_purchase_that_the_list_shows_late_is_waited_for(ctx, clock, account):
    await knows_as_plain(ctx, clock)
    account.arm("list-lag", seconds=100)
    account.arm("drop-after")

    order = await work(ctx, clock, await approved(ctx))
    order = await work(ctx, clock, order, steps=2)
    assert order.state is S.OUTCOME_UNKNOWN
    order = await worked_while(ctx, clock, order, S.OUTCOME_UNKNOWN)

    assert order.state is S.DELIVERED
    assert len(account.asked(BUY)) == 2


@pytest.mark.contract("cardpluspay G23", "cardpluspay G15", "cardpluspay 4d")
async def test_a_purchase_that_costs_nothing_before_its_codes_come_is_left_to_people_until_it_does(
    ctx, clock, account
):
    await knows_as_plain(ctx, clock)
    account.choose(debit="fulfilment")
    account.arm("pending", seconds=100_000)
    account.arm("list-lag", seconds=600)
    account.arm("drop-after")

    order = await work(ctx, clock, await approved(ctx))
    order = await worked_while(ctx, clock, order, S.OUTCOME_UNKNOWN)

    assert order.state is S.OUTCOME_UNKNOWN
    assert "nothing was paid for it yet" in str(problem_line(order))
    assert actions(ctx, order).count("purchase_intended") == 1

    account.deliver(account.orders()[-1]["order_id"])
    order = await worked_while(ctx, clock, order, S.OUTCOME_UNKNOWN)
    assert order.state is S.DELIVERED
    assert len(account.orders()) == 2


@pytest.mark.contract("cardpluspay G16", "cardpluspay 2.4d")
@pytest.mark.parametrize("fault", ["insufficient-funds", "out-of-stock"])
async def test_the_row_that_a_refused_order_leaves_is_not_taken_for_a_purchase(ctx, clock, account, fault):
    account.choose(refused_orders="failed-row")
    account.arm(fault)

    order = await work(ctx, clock, await approved(ctx))

    assert order.state is S.REFUSED
    assert account.spent() == 0
    following = await work(ctx, clock, await approved(ctx, key="following"))
    assert following.state is S.DELIVERED


@pytest.mark.contract("cardpluspay 2.5b", "cardpluspay 2.6a")
async def test_another_accounts_orders_are_neither_seen_nor_taken(ctx, clock, account, cardpluspay_vendor):
    stranger = cardpluspay_vendor.another(balance="1000.00")
    account.arm("drop-before")
    order = await work(ctx, clock, await approved(ctx))
    theirs = stranger.ordered(item_code=PLAIN, quantity=2)

    order = await work(ctx, clock, order, steps=4)

    assert order.state is S.OUTCOME_UNKNOWN
    assert order.vendor_order_id is None
    numbers = [each.vendor_order_id async for page in ctx.vendor("cardpluspay").orders() for each in page]
    assert str(theirs["order_id"]) not in numbers


@pytest.mark.contract("cardpluspay G7", "cardpluspay 2.3b", "cardpluspay G6")
@pytest.mark.parametrize("status", [400, 200])
@pytest.mark.parametrize("details", [True, False])
async def test_stock_that_is_gone_is_told_from_a_failure_however_the_check_says_so(
    ctx, clock, account, status, details
):
    account.choose(unavailable_status=status, unavailable_details=details)
    order = await approved(ctx)
    account.arm("out-of-stock", on="POST /v1/orders/check", times=3)

    order = await work(ctx, clock, order)

    assert order.state is S.REFUSED
    assert "in stock" in str(problem_line(order))
    assert account.asked(LIST) == []
