"""More than a hundred cards: several purchases, one progress, every code to the requester."""

from decimal import Decimal

import pytest

from bot.domain.lifecycle import OrderState
from bot.services.decide_request import approve_request
from bot.services.notifications import OutboxKind
from bot.services.order_queries import order_details
from bot.services.problem_text import problem_line
from bot.services.reconcile_purchases import reconcile_purchases
from bot.services.reveal_codes import request_codes
from tests.support.at_once import saved
from tests.support.cardpluspay_account import BUY, CHECK
from tests.support.cardpluspay_orders import (
    PLAIN,
    PLAIN_PRICE,
    approved,
    codes_here,
    codes_shown,
    knows_as_plain,
    worked_while,
)
from tests.support.orders import sent, work
from tests.support.people import AGENT, LEAD

S = OrderState
MANY = 250


@pytest.fixture
async def children(ctx, clock, account):
    """Of an order of 250 cards: 100, 100 and 50."""
    account.top_up("5000.00")
    parent = await work(ctx, clock, await approved(ctx, PLAIN, MANY))
    assert parent.state is S.SPLIT
    sent(ctx, clock, OutboxKind.NOTIFICATION)
    return saved(ctx).orders.children_of(parent.id)


def whole_of(ctx, child):
    return saved(ctx).orders.get(child.parent_id)


@pytest.mark.contract("cardpluspay 2.4a")
async def test_children_are_bought_one_after_the_other_and_all_their_codes_are_shown(
    ctx, clock, account, children
):
    await reconcile_purchases(ctx, ctx.vendor("cardpluspay"))
    for child in children:
        assert (await work(ctx, clock, child)).state is S.DELIVERED

    parent = whole_of(ctx, children[0])
    assert parent.state is S.DELIVERED
    assert [order["quantity"] for order in account.orders()] == [100, 100, 50]
    assert sum(child.charge.amount for child in children) == parent.charge.amount == account.spent()
    await request_codes(ctx, AGENT, parent.id)
    shown = codes_shown(ctx, parent)
    assert shown == [code for code, _ in account.codes()]
    assert len(set(shown)) == MANY
    told = [payload["event"] for payload in sent(ctx, clock, OutboxKind.NOTIFICATION)]
    assert told == ["partially_delivered", "partially_delivered", "delivered"]
    assert (await reconcile_purchases(ctx, ctx.vendor("cardpluspay"))).findings == ()


@pytest.mark.contract("cardpluspay 4d")
async def test_a_child_whose_answer_is_lost_is_attributed_and_the_next_one_waits_for_it(
    ctx, clock, account, children
):
    first, second, third = children
    await work(ctx, clock, first)
    account.arm("drop-after")

    second = await work(ctx, clock, second)
    assert second.state is S.OUTCOME_UNKNOWN
    waiting = await work(ctx, clock, third)
    assert second.client_reference in str(problem_line(waiting))
    second = await work(ctx, clock, second)
    third = await work(ctx, clock, third)

    assert [second.state, third.state, whole_of(ctx, third).state] == [S.DELIVERED] * 3
    assert codes_here(ctx, whole_of(ctx, third)) == account.codes()
    assert len(account.orders()) == 3


@pytest.mark.contract("cardpluspay 4d")
async def test_a_child_that_was_never_made_is_made_anew_once(ctx, clock, account, children):
    account.arm("drop-before", skip=1)
    for child in children:
        while (child := saved(ctx).orders.get(child.id)).state is not S.DELIVERED:
            await work(ctx, clock, child)

    assert whole_of(ctx, children[0]).state is S.DELIVERED
    assert [order["quantity"] for order in account.orders()] == [100, 100, 50]


async def test_a_child_that_is_refused_leaves_the_others_and_the_end_says_so(ctx, clock, account, children):
    account.arm("out-of-stock", on=BUY, skip=2)
    for child in children:
        child = await work(ctx, clock, child)

    parent = whole_of(ctx, child)
    assert (child.state, parent.state) == (S.REFUSED, S.PARTIALLY_FULFILLED)
    assert child.client_reference in str(problem_line(parent))
    assert len(codes_here(ctx, parent)) == 200
    assert codes_here(ctx, parent) == account.codes()


@pytest.mark.contract("cardpluspay 2.3a", "cardpluspay G28")
async def test_a_later_childs_price_that_moved_is_decided_anew_and_the_rest_goes_on(
    ctx, clock, account, children
):
    first, second, third = children
    await work(ctx, clock, first)
    account.arm("price-change", on=CHECK, percent=10)

    second = await work(ctx, clock, second)
    assert second.state is S.PENDING_APPROVAL
    assert second.charge.amount == 100 * (PLAIN_PRICE * Decimal("1.1")).quantize(Decimal("0.01"))
    assert (await work(ctx, clock, third)).state is S.DELIVERED
    assert whole_of(ctx, second).state is S.SPLIT
    assert sent(ctx, clock, OutboxKind.NOTIFICATION)[-2:] == [
        {"event": "price_moved"},
        {"event": "partially_delivered"},
    ]
    second = await approve_request(ctx, LEAD, second.id, second.digest[:12])
    assert (await work(ctx, clock, second)).state is S.DELIVERED

    assert whole_of(ctx, second).state is S.DELIVERED
    assert len(account.orders()) == 3


@pytest.mark.contract("cardpluspay 3a", "cardpluspay G14")
async def test_a_child_whose_codes_are_late_holds_up_no_other(ctx, clock, account, children):
    first, second, third = children
    account.arm("pending", seconds=50)

    assert (await work(ctx, clock, first)).state is S.PURCHASED
    assert (await work(ctx, clock, second)).state is S.DELIVERED
    assert (await work(ctx, clock, third)).state is S.DELIVERED
    assert [child.state for child in (await order_details(ctx, whole_of(ctx, first))).children][1:] == [
        S.DELIVERED
    ] * 2
    first = await worked_while(ctx, clock, first, S.PURCHASED)

    assert whole_of(ctx, first).state is S.DELIVERED
    assert sorted(codes_here(ctx, whole_of(ctx, first))) == sorted(account.codes())


@pytest.mark.contract("cardpluspay 2.4d")
async def test_an_account_that_covers_only_some_children_buys_those(ctx, clock, account):
    await knows_as_plain(ctx, clock)
    order = await approved(ctx, PLAIN, 200)
    account.change(balance=str(100 * PLAIN_PRICE + 1))
    await work(ctx, clock, order)

    for child in saved(ctx).orders.children_of(order.id):
        child = await work(ctx, clock, child)

    parent = whole_of(ctx, child)
    assert parent.state is S.PARTIALLY_FULFILLED
    assert "topped up" in str(problem_line(parent))
    assert account.balance() == 1
