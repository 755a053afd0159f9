"""Where the contract is surprising: masks, another order under our reference, limits, estimates."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.backoff import poll_delay
from bot.domain.lifecycle import OrderState
from bot.domain.money import Money
from bot.domain.vendor_orders import Purchase
from bot.kinds.gift_card import GiftCardLine
from bot.services.errors import BadRequest
from bot.services.escalate_order import escalate_order
from bot.services.notifications import OutboxKind
from bot.services.problem_text import problem_line
from bot.services.purchase.record import record_vendor_order
from bot.services.quote_order import quote_order
from handlers.views.quotes import quote_message
from tests.support.at_once import saved
from tests.support.every import assert_none
from tests.support.orders import approved, ask, bought, sent, work
from tests.support.people import AGENT
from tests.support.terms import card_selection


@pytest.mark.contract("7.3a", "G1", "G3")
async def test_a_mask_never_replaces_a_clear_code(ctx, clock, back_office):
    order = await work(ctx, clock, await approved(ctx, 2))
    before = saved(ctx).codes.of_order(order.id)

    for _ in range(2):
        masked = await ctx.sells(order.terms).fetch(order.vendor_order_id)
        assert_none(masked.deliverables, lambda voucher: voucher.is_clear)
        await record_vendor_order(ctx, order, masked, codes_were_readable=True)

    assert saved(ctx).codes.of_order(order.id) == before
    assert saved(ctx).orders.get(order.id).state is OrderState.DELIVERED


@pytest.mark.contract("9.2c")
@pytest.mark.parametrize("differs", ["product", "denomination", "quantity"])
async def test_an_order_under_our_reference_that_differs_is_never_adopted(ctx, clock, back_office, differs):
    order = await approved(ctx, 2)
    terms, line = order.terms, order.terms.line
    assert isinstance(line, GiftCardLine)
    other = {
        "product": replace(terms, line=replace(line, product_id=another_product(ctx, terms))),
        "denomination": replace(
            terms, line=replace(line, denomination=Money(another_amount(ctx, order), "USD"))
        ),
        "quantity": replace(terms, line=line.part(3)),
    }[differs]
    await ctx.sells(order.terms).place(Purchase(other, order.client_reference, None))
    wallets = back_office.wallets()

    order = await work(ctx, clock, order, steps=4)

    assert order.state is OrderState.OUTCOME_UNKNOWN
    assert "not the one we asked for" in str(problem_line(order))
    assert saved(ctx).codes.count(order.id) == 0
    assert len(bought(back_office, order)) == 1
    assert back_office.wallets() == wallets
    order = await escalate_order(ctx, order.id)
    assert sent(ctx, clock, OutboxKind.APPROVER_ALERT) == [{"event": "outcome_unknown"}]


def another_product(ctx, terms):
    """Sold at the same face value in the same currency."""
    products = saved(ctx).catalogue.search("", currency="USD", limit=500).products
    return next(
        product.product_id
        for product in products
        if product.product_id != terms.line.product_id
        and any(terms.line.unit_value.amount in d for d in product.denominations)
    )


def another_amount(ctx, order):
    product = saved(ctx).catalogue.get(f"octopus:{order.terms.line.product_id}")
    assert product is not None
    return next(d.minimum for d in product.denominations if d.minimum != order.terms.line.unit_value.amount)


@pytest.mark.contract("5.1f")
async def test_more_than_the_vendor_sells_at_once_is_refused_at_its_field(ctx, back_office):
    back_office.change_client(bulk_limit=3)

    assert (await ask(ctx, 3, key="three")).state is OrderState.PENDING_APPROVAL
    with pytest.raises(BadRequest) as raised:
        await ask(ctx, 4, key="four")

    assert raised.value.errors == {"quantity": "The vendor sells at most 3 of this card per order."}


@pytest.mark.contract("5.1g")
async def test_a_quote_is_an_estimate_that_says_until_when(ctx):
    product = saved(ctx).catalogue.search("steam usa", limit=1).products[0]
    kept = await quote_order(ctx, AGENT, card_selection(product, product.denominations[0].minimum, 1))

    assert kept.quote.expires_at - kept.quote.quoted_at == timedelta(minutes=5)
    assert "An estimate, valid until" in str(quote_message(kept, "Octopus Cards").blocks)


@pytest.mark.contract("7.1b")
async def test_quotes_are_kept_for_a_day_so_that_a_form_left_open_still_knows_what_it_showed(ctx, clock):
    product = saved(ctx).catalogue.search("steam usa", limit=1).products[0]
    choice = card_selection(product, product.denominations[0].minimum, 1)
    first = (await quote_order(ctx, AGENT, choice)).quote_id

    clock.advance(timedelta(hours=23))
    await quote_order(ctx, AGENT, choice)
    assert saved(ctx).quotes.get(first) is not None

    clock.advance(timedelta(hours=2))
    await quote_order(ctx, AGENT, choice)
    assert saved(ctx).quotes.get(first) is None


def test_an_order_is_read_every_five_seconds_for_a_minute_then_every_thirty():
    gaps = [poll_delay(timedelta(seconds=age)).total_seconds() for age in (0, 59, 60, 3599)]
    assert gaps == [5, 5, 30, 30]
