"""More than a hundred cards: several purchases, one progress, every code to the requester."""

from decimal import Decimal

import pytest

from bot.domain.orders import OrderState
from bot.usecases.decide_request import approve_request
from bot.usecases.look_up_orders import order_file
from bot.usecases.match_purchases import match_purchases
from bot.usecases.notices import Kind
from bot.usecases.reveal_codes import ask_for_codes
from tests.integration.cardpluspay_purchase.account import BUY, CHECK
from tests.integration.cardpluspay_purchase.conftest import (
    PLAIN,
    PLAIN_PRICE,
    approved,
    codes_here,
    codes_shown,
    knows_as_plain,
    worked_while,
)
from tests.integration.purchase.conftest import AGENT, LEAD, sent, work

S = OrderState
MANY = 250


@pytest.fixture
async def parts(desk, clock, account):
    """Of an order of 250 cards: 100, 100 and 50."""
    account.top_up("5000.00")
    whole = await work(desk, clock, await approved(desk, PLAIN, MANY))
    assert whole.state is S.IN_PARTS
    sent(desk, clock, Kind.NOTICE)
    return desk.store.orders.parts_of(whole.id)


def whole_of(desk, part):
    return desk.store.orders.get(part.whole_id)


@pytest.mark.contract("cardpluspay 2.4a")
async def test_parts_are_bought_one_after_the_other_and_all_their_codes_are_shown(
    desk, clock, account, parts
):
    await match_purchases(desk, desk.provider("cardpluspay"))
    for part in parts:
        assert (await work(desk, clock, part)).state is S.DELIVERED

    whole = whole_of(desk, parts[0])
    assert whole.state is S.DELIVERED
    assert [order["quantity"] for order in account.orders()] == [100, 100, 50]
    assert sum(part.charge.amount for part in parts) == whole.charge.amount == account.spent()
    ask_for_codes(desk, AGENT, whole.id)
    shown = codes_shown(desk, whole)
    assert shown == [code for code, _ in account.codes()]
    assert len(set(shown)) == MANY
    told = [payload["event"] for payload in sent(desk, clock, Kind.NOTICE)]
    assert told == ["partly_delivered", "partly_delivered", "delivered"]
    assert (await match_purchases(desk, desk.provider("cardpluspay"))).findings == ()


@pytest.mark.contract("cardpluspay 4d")
async def test_a_part_whose_answer_is_lost_is_recognised_and_the_next_one_waits_for_it(
    desk, clock, account, parts
):
    first, second, third = parts
    await work(desk, clock, first)
    account.arm("drop-after")

    second = await work(desk, clock, second)
    assert second.state is S.UNSETTLED
    waiting = await work(desk, clock, third)
    assert second.client_reference in str(waiting.trouble)
    second = await work(desk, clock, second)
    third = await work(desk, clock, third)

    assert [second.state, third.state, whole_of(desk, third).state] == [S.DELIVERED] * 3
    assert codes_here(desk, whole_of(desk, third)) == account.codes()
    assert len(account.orders()) == 3


@pytest.mark.contract("cardpluspay 4d")
async def test_a_part_that_was_never_made_is_made_anew_once(desk, clock, account, parts):
    account.arm("drop-before", skip=1)
    for part in parts:
        while (part := desk.store.orders.get(part.id)).state is not S.DELIVERED:
            await work(desk, clock, part)

    assert whole_of(desk, parts[0]).state is S.DELIVERED
    assert [order["quantity"] for order in account.orders()] == [100, 100, 50]


async def test_a_part_that_is_refused_leaves_the_others_and_the_end_says_so(desk, clock, account, parts):
    account.arm("out-of-stock", on=BUY, skip=2)
    for part in parts:
        part = await work(desk, clock, part)

    whole = whole_of(desk, part)
    assert (part.state, whole.state) == (S.REFUSED, S.DELIVERED_SHORT)
    assert part.client_reference in str(whole.trouble)
    assert len(codes_here(desk, whole)) == 200
    assert codes_here(desk, whole) == account.codes()


@pytest.mark.contract("cardpluspay 2.3a", "cardpluspay G28")
async def test_a_later_parts_price_that_moved_is_decided_anew_and_the_rest_goes_on(
    desk, clock, account, parts
):
    first, second, third = parts
    await work(desk, clock, first)
    account.arm("price-change", on=CHECK, percent=10)

    second = await work(desk, clock, second)
    assert second.state is S.WAITING
    assert second.charge.amount == 100 * (PLAIN_PRICE * Decimal("1.1")).quantize(Decimal("0.01"))
    assert (await work(desk, clock, third)).state is S.DELIVERED
    assert whole_of(desk, second).state is S.IN_PARTS
    assert sent(desk, clock, Kind.NOTICE)[-2:] == [{"event": "price_moved"}, {"event": "partly_delivered"}]
    second = approve_request(desk, LEAD, second.id, second.digest[:12])
    assert (await work(desk, clock, second)).state is S.DELIVERED

    assert whole_of(desk, second).state is S.DELIVERED
    assert len(account.orders()) == 3


@pytest.mark.contract("cardpluspay 3a", "cardpluspay G14")
async def test_a_part_whose_codes_are_late_holds_up_no_other(desk, clock, account, parts):
    first, second, third = parts
    account.arm("pending", seconds=50)

    assert (await work(desk, clock, first)).state is S.PLACED
    assert (await work(desk, clock, second)).state is S.DELIVERED
    assert (await work(desk, clock, third)).state is S.DELIVERED
    assert [part.state for part in order_file(desk, whole_of(desk, first)).parts][1:] == [S.DELIVERED] * 2
    first = await worked_while(desk, clock, first, S.PLACED)

    assert whole_of(desk, first).state is S.DELIVERED
    assert sorted(codes_here(desk, whole_of(desk, first))) == sorted(account.codes())


@pytest.mark.contract("cardpluspay 2.4d")
async def test_an_account_that_covers_only_some_parts_buys_those(desk, clock, account):
    await knows_as_plain(desk, clock)
    order = await approved(desk, PLAIN, 200)
    account.change(balance=str(100 * PLAIN_PRICE + 1))
    await work(desk, clock, order)

    for part in desk.store.orders.parts_of(order.id):
        part = await work(desk, clock, part)

    whole = whole_of(desk, part)
    assert whole.state is S.DELIVERED_SHORT
    assert "topped up" in str(whole.trouble)
    assert account.balance() == 1
