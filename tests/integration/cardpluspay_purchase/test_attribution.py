"""Which of the account's orders is the one we got no answer for: one, none, several, or nobody can tell."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.lifecycle import OrderState
from bot.kinds.gift_card import Voucher
from bot.services.escalate_order import escalate_order
from bot.services.notifications import OutboxKind
from bot.services.problem_text import problem_line
from bot.services.purchase.recover_now import recover_directly
from bot.services.resolve_order import confirm_resolution, propose_resolution
from tests.support.at_once import saved
from tests.support.cardpluspay_account import BUY
from tests.support.cardpluspay_orders import (
    PLAIN,
    PLAIN_PRICE,
    STEAM,
    TARGET,
    approved,
    codes_here,
    knows_as_plain,
    worked_while,
)
from tests.support.every import assert_every
from tests.support.orders import actions, sent, work
from tests.support.people import LEAD, OTHER_LEAD

S = OrderState


async def lost(ctx, clock, account, item=PLAIN, quantity=2, fault="drop-after", **changes):
    """An order whose purchase went out and was never answered."""
    account.arm(fault)
    order = await work(ctx, clock, await approved(ctx, item, quantity, **changes))
    assert order.state is S.OUTCOME_UNKNOWN
    return order


async def left_to_people(ctx, clock, account, order, says):
    """It stays where it is, says why, and nothing is bought for it however often it is looked for."""
    orders = len(account.orders())
    order = await work(ctx, clock, order, steps=12)
    assert order.state is S.OUTCOME_UNKNOWN
    assert says in str(problem_line(order))
    assert actions(ctx, order).count("purchase_intended") == 1
    assert len(account.orders()) == orders
    await escalate_order(ctx, order.id)
    assert sent(ctx, clock, OutboxKind.APPROVER_ALERT) == [{"event": "outcome_unknown"}]
    return order


@pytest.mark.contract("cardpluspay 4d", "cardpluspay 2.5a", "cardpluspay 2.6a")
async def test_the_one_new_order_at_the_expected_charge_is_adopted(ctx, clock, account):
    await knows_as_plain(ctx, clock)
    account.buys_by_hand(TARGET)

    order = await work(ctx, clock, await lost(ctx, clock, account))

    assert order.state is S.DELIVERED
    theirs = account.orders()[-1]
    assert order.vendor_order_id == str(theirs["order_id"])
    assert codes_here(ctx, order) == [(code["code"], None) for code in theirs["codes"]]


@pytest.mark.contract("cardpluspay G12")
@pytest.mark.parametrize(
    ("item", "is_known"),
    [(TARGET, True), (TARGET, False), (PLAIN, False)],
    ids=["pins", "unknown", "plain, unknown"],
)
async def test_adopted_codes_are_held_back_where_pins_may_belong_to_them(ctx, clock, account, item, is_known):
    if is_known:
        await knows_as_plain(ctx, clock, item)

    order = await work(ctx, clock, await lost(ctx, clock, account, item))

    assert order.state is S.CODES_UNAVAILABLE
    assert "PIN" in str(problem_line(order))
    assert codes_here(ctx, order) == []
    theirs = account.orders()[-1]
    assert order.vendor_order_id == str(theirs["order_id"])
    masked = saved(ctx).codes.masked_of_order(order.id)
    kept = [voucher.card_number for voucher in masked if isinstance(voucher, Voucher)]
    assert kept == [code["code"] for code in theirs["codes"]]
    await escalate_order(ctx, order.id)
    assert sent(ctx, clock, OutboxKind.APPROVER_ALERT) == [{"event": "codes_unavailable"}]


@pytest.mark.contract("cardpluspay G12", "cardpluspay 2.4c")
@pytest.mark.parametrize("item", [TARGET, STEAM, PLAIN])
async def test_where_reads_show_codes_whole_an_attributed_order_is_delivered_with_its_pins(
    ctx, clock, account, item
):
    account.choose(codes_on_read="full")

    order = await work(ctx, clock, await lost(ctx, clock, account, item))

    assert order.state is S.DELIVERED
    assert codes_here(ctx, order) == account.codes()


@pytest.mark.contract("cardpluspay G12")
async def test_codes_held_back_are_delivered_once_a_read_shows_their_pins(ctx, clock, account):
    order = await work(ctx, clock, await lost(ctx, clock, account, TARGET))
    assert order.state is S.CODES_UNAVAILABLE

    account.choose(codes_on_read="full")
    order = await work(ctx, clock, order)

    assert order.state is S.DELIVERED
    assert codes_here(ctx, order) == account.codes()


@pytest.mark.contract("cardpluspay 4d")
async def test_a_moved_price_is_accepted_when_the_balance_confirms_it_and_the_channel_is_told(
    ctx, clock, account
):
    await knows_as_plain(ctx, clock)
    account.arm("price-change", percent=3)

    order = await work(ctx, clock, await lost(ctx, clock, account))

    assert order.state is S.DELIVERED
    assert {"event": "charge_mismatch"} in sent(ctx, clock, OutboxKind.APPROVER_ALERT)


@pytest.mark.contract("cardpluspay 4e")
async def test_two_orders_that_could_be_it_are_for_people(ctx, clock, account):
    order = await lost(ctx, clock, account)
    account.buys_by_hand(PLAIN, 2)

    order = await left_to_people(ctx, clock, account, order, "several orders could be it")

    assert_every(account.orders(), lambda theirs: str(theirs["order_id"]) in str(problem_line(order)))


@pytest.mark.contract("cardpluspay 2.7b", "cardpluspay 4d")
async def test_money_that_left_for_no_listed_order_is_for_people(ctx, clock, account):
    order = await lost(ctx, clock, account, fault="drop-before")
    account.withdraw("38.66")

    await left_to_people(ctx, clock, account, order, "USD 38.66 left the account")


@pytest.mark.contract("cardpluspay 2.7b")
async def test_a_top_up_that_may_hide_the_charge_is_for_people(ctx, clock, account):
    order = await lost(ctx, clock, account, fault="drop-before")
    account.top_up("100.00")

    await left_to_people(ctx, clock, account, order, "came into the account")


@pytest.mark.contract("cardpluspay 5a", "cardpluspay 2.7b")
async def test_a_refund_of_an_earlier_order_that_may_hide_the_charge_is_for_people(ctx, clock, account):
    earlier = account.buys_by_hand(TARGET, 3)
    order = await lost(ctx, clock, account, fault="drop-before")
    account.refund(earlier["order_id"])

    await left_to_people(ctx, clock, account, order, "came into the account")


@pytest.mark.contract("cardpluspay 2.7b")
async def test_a_top_up_does_not_hinder_the_one_match_from_being_adopted(ctx, clock, account):
    await knows_as_plain(ctx, clock)
    order = await lost(ctx, clock, account)
    account.top_up("1000.00")

    assert (await work(ctx, clock, order)).state is S.DELIVERED


@pytest.mark.contract("cardpluspay 2.7b", "cardpluspay 4d")
async def test_a_purchase_on_the_dashboard_is_no_proof_that_ours_was_not_made(ctx, clock, account):
    order = await lost(ctx, clock, account, fault="drop-before")
    theirs = account.buys_by_hand(TARGET)

    await left_to_people(ctx, clock, account, order, str(theirs["order_id"]))


@pytest.mark.contract("cardpluspay 2.7b", "cardpluspay G12")
async def test_a_purchase_that_shows_itself_as_another_ones_does_not_keep_ours_from_being_made(
    ctx, clock, account
):
    account.choose(codes_on_read="full")
    order = await lost(ctx, clock, account, fault="drop-before")
    account.buys_by_hand(TARGET)

    order = await worked_while(ctx, clock, order, S.OUTCOME_UNKNOWN)
    order = await work(ctx, clock, order)

    assert order.state is S.DELIVERED
    assert [theirs["item_code"] for theirs in account.orders()] == [TARGET, PLAIN]


@pytest.mark.contract("cardpluspay G12", "cardpluspay 4d")
async def test_an_order_of_another_product_at_the_same_charge_is_not_adopted(ctx, clock, account):
    account.choose(codes_on_read="full")
    order = await lost(ctx, clock, account, fault="drop-before")
    account.arm("price-change", price=str(PLAIN_PRICE))
    account.buys_elsewhere(STEAM, 2)

    order = await work(ctx, clock, order, steps=3)

    assert order.state is S.OUTCOME_UNKNOWN
    assert order.vendor_order_id is None


@pytest.mark.contract("cardpluspay G24", "cardpluspay 4d")
async def test_a_lost_order_that_was_filled_and_charged_in_part_is_never_bought_again(ctx, clock, account):
    account.arm("fewer-codes", deliver=1, charge="delivered")

    order = await left_to_people(ctx, clock, account, await lost(ctx, clock, account), "could be it")

    assert account.spent() == PLAIN_PRICE
    assert account.only_order()["quantity"] == order.terms.line.units


@pytest.mark.contract("cardpluspay G31", "cardpluspay 4d")
async def test_a_lost_order_whose_price_leapt_is_never_bought_again(ctx, clock, account):
    account.arm("price-change", percent=40)

    await left_to_people(ctx, clock, account, await lost(ctx, clock, account), "could be it")

    assert account.only_order()["amount"] == str((PLAIN_PRICE * Decimal("1.4")).quantize(Decimal("0.01")) * 2)


@pytest.mark.contract("cardpluspay 1.5c", "cardpluspay 4d")
async def test_a_lost_order_that_the_vendor_dates_wrongly_is_never_bought_again(ctx, clock, account):
    clock.advance_alone(timedelta(hours=2))  # for us the vendor's clock is two hours slow

    await left_to_people(ctx, clock, account, await lost(ctx, clock, account), "could be it")


@pytest.mark.contract("cardpluspay 4d")
async def test_what_people_closed_gives_way_to_the_next_purchase(ctx, clock, account):
    order = await lost(ctx, clock, account)
    account.buys_by_hand(PLAIN, 2)
    order = await work(ctx, clock, order, steps=4)
    proposal = await propose_resolution(
        ctx, LEAD, order.id, S.RESOLVED, "Their dashboard has it, codes by e-mail."
    )
    await confirm_resolution(ctx, OTHER_LEAD, order.id, proposal.id)

    following = await work(ctx, clock, await approved(ctx, key="following"))

    assert following.state is S.DELIVERED
    assert len(account.orders()) == 3


async def test_an_operator_looks_without_buying_and_gets_what_is_found(ctx, clock, account):
    await knows_as_plain(ctx, clock)
    order = await lost(ctx, clock, account)

    order = await recover_directly(ctx, order.client_reference)

    assert order.state is S.DELIVERED
    assert len(account.asked(BUY)) == 2
