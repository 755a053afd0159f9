"""From the catalogue to the codes, with everything as it should be."""

from decimal import Decimal

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.money import Money
from bot.services.quote_order import quote_order
from bot.services.reveal_codes import request_codes
from tests.support.at_once import saved
from tests.support.cardpluspay_account import BUY, LIST
from tests.support.cardpluspay_orders import (
    PLAIN,
    PLAIN_PRICE,
    STEAM,
    TARGET,
    approved,
    codes_here,
    codes_shown,
    request,
)
from tests.support.disk import audit_log_is_intact
from tests.support.every import assert_none
from tests.support.orders import actions, work
from tests.support.people import AGENT
from tests.support.terms import card_selection_by_key


def usd(amount: Decimal | str) -> Money:
    return Money(Decimal(amount), "USD")


@pytest.mark.contract("cardpluspay 2.2a", "cardpluspay 1.4a")
async def test_the_catalogue_has_what_is_sold_in_the_accounts_currency_with_its_price(ctx):
    (found,) = saved(ctx).catalogue.search("playstation store 20 usd", currency="USD", limit=1).products

    (denomination,) = found.denominations
    assert found.key == f"cardpluspay:{PLAIN}"
    assert denomination.minimum == 20
    assert round(20 * (100 - denomination.discount) / 100, 2) == PLAIN_PRICE
    assert not saved(ctx).catalogue.search("steam", currency="EUR", limit=1).products


@pytest.mark.contract("cardpluspay 2.3a", "cardpluspay 1.6a", "cardpluspay 2.7a")
async def test_a_quote_is_the_stock_checks_price_and_the_balance_and_holds_nothing(ctx):
    kept = await quote_order(ctx, AGENT, card_selection_by_key(f"cardpluspay:{PLAIN}", Decimal(20), 3))

    quote = kept.quote
    assert (quote.charge, quote.face_value) == (usd(3 * PLAIN_PRICE), usd("60.00"))
    assert quote.discount == quote.face_value - quote.charge
    assert quote.wallet_balance == usd("5000.00")
    assert quote.expires_at == quote.quoted_at


@pytest.mark.contract(
    "cardpluspay 2.4a", "cardpluspay 2.4b", "cardpluspay 2.4e", "cardpluspay 3a", "cardpluspay 1.5b"
)
async def test_what_was_requested_and_approved_is_bought_once_and_shown_to_its_requester(ctx, clock, account):
    order = await work(ctx, clock, await approved(ctx, PLAIN, 2))

    theirs = account.only_order()
    assert order.state is OrderState.DELIVERED
    assert order.vendor_order_id == str(theirs["order_id"])
    assert (order.charge, order.expected_debit) == (usd(2 * PLAIN_PRICE), usd(2 * PLAIN_PRICE))
    assert account.spent() == 2 * PLAIN_PRICE
    await request_codes(ctx, AGENT, order.id)
    shown = codes_shown(ctx, order)
    assert shown == [code["code"] for code in theirs["codes"]]
    assert actions(ctx, order) == [
        "requested",
        "approved",
        "purchase_intended",
        "delivered",
        "codes_requested",
    ]
    assert audit_log_is_intact(ctx)


@pytest.mark.contract("cardpluspay 2.4c")
@pytest.mark.parametrize(("item", "pins"), [(PLAIN, 0), (TARGET, 3), (STEAM, 1)])
async def test_every_pin_is_kept_with_its_code(ctx, clock, account, item, pins):
    order = await work(ctx, clock, await approved(ctx, item, 3))

    assert codes_here(ctx, order) == account.codes()
    assert sum(pin is not None for _, pin in codes_here(ctx, order)) == pins


@pytest.mark.contract("cardpluspay G32")
async def test_the_recipients_address_stays_with_us(ctx, clock, account):
    await work(ctx, clock, await approved(ctx, recipient_email="buyer@example.org"))

    assert account.only_order()["email"] is None


@pytest.mark.contract("cardpluspay 4d")
async def test_the_account_is_looked_at_and_that_is_on_disk_before_the_purchase_goes_out(ctx, clock, account):
    earlier = account.buys_by_hand(PLAIN)
    order = await request(ctx)
    assert saved(ctx).snapshots.of_order(order.id) is None

    account.arm("drop-before")
    order = await work(ctx, clock, await approved(ctx))

    snapshot = saved(ctx).snapshots.of_order(order.id)
    assert snapshot is not None
    assert snapshot.known == {str(earlier["order_id"])}
    assert snapshot.balance == usd(5000 - PLAIN_PRICE)
    (bought,) = account.asked(BUY)
    looked = account.asked(LIST)
    assert looked[-1]["at"] < bought["at"]


async def test_when_the_account_cannot_be_looked_at_nothing_is_sent(ctx, clock, account):
    order = await approved(ctx)
    account.arm("error", on=LIST, status=503, times=0)

    order = await work(ctx, clock, order)

    assert order.state is OrderState.APPROVED
    assert "not_sent" in actions(ctx, order)
    assert account.asked(BUY) == []


async def test_no_code_and_no_pin_stands_in_the_database_in_clear(ctx, clock, account, tmp_path):
    await work(ctx, clock, await approved(ctx, TARGET, 2))

    on_disk = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert_none(account.codes(), lambda code: code[0].encode() in on_disk)
