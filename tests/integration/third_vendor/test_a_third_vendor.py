"""What vendors differ in is data: one more of them needs no line in a use case, a handler or the store."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import open_vendors
from bot.config import Settings
from bot.domain.lifecycle import OPEN, OrderState
from bot.domain.orders import Order
from bot.domain.policy import Policy
from bot.domain.vendor_orders import Purchase, VendorOrder
from bot.kinds.gift_card import GiftCardLine
from bot.services.context import AppContext
from bot.services.decide_request import approve_request
from bot.services.reconcile_purchases import reconcile_purchases
from bot.services.request_order import OrderRequest, request_order
from bot.services.sync_catalogue import sync_catalogue
from bot.vendors.contract import OutcomeUnknown
from bot.workers.orders import take_next_step
from tests.integration.third_vendor import corner_shop
from tests.integration.third_vendor.corner_shop import CornerShop
from tests.support.at_once import saved
from tests.support.database import open_store
from tests.support.people import AGENT, LEAD
from tests.support.terms import card_selection, vouchers


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def ctx(tmp_path: Path, settings: Settings) -> AsyncIterator[AppContext]:
    clock = Clock()
    policy = Policy.model_validate(
        {"requesters": {"groups": ["S0AGENTS"]}, "approvers": {"groups": ["S0LEADS"]}}
    )
    store = open_store(tmp_path / "giftcard.sqlite3", clock=clock)
    ctx = AppContext(store, open_vendors(settings.vendors), policy, "sandbox", clock)
    await sync_catalogue(ctx)
    yield ctx
    store.close()


async def asked(ctx: AppContext, quantity: int) -> Order:
    (product,) = saved(ctx).catalogue.search("tea house").products
    selection = card_selection(product, product.denominations[0].minimum, quantity)
    request = OrderRequest(selection, "parcel lost twice", None, None)
    order = await request_order(ctx, AGENT, request, request_key="view-1")
    return await approve_request(ctx, LEAD, order.id)


async def worked(ctx: AppContext, order: Order) -> Order:
    """The order when nothing is due for it or its children any more."""
    clock = ctx.clock
    assert isinstance(clock, Clock)
    while due := saved(ctx).orders.due(OPEN, clock() + timedelta(minutes=5)):
        clock.now = max(clock(), *(each.next_at for each in due if each.next_at)) + timedelta(seconds=1)
        for each in due:
            await take_next_step(ctx, each)
    return saved(ctx).orders.get(order.id)


async def test_it_is_searched_quoted_approved_bought_delivered_and_matched(ctx: AppContext) -> None:
    order = await worked(ctx, await asked(ctx, 2))

    assert order.state is OrderState.DELIVERED
    delivered = vouchers(saved(ctx).codes.of_order(order.id))
    assert [voucher.card_number for voucher in delivered] == ["TEA-1-0", "TEA-1-1"]
    assert (await reconcile_purchases(ctx, ctx.vendor("corner_shop"))).findings == ()


async def test_more_than_it_sells_at_once_comes_in_parts(ctx: AppContext) -> None:
    order = await worked(ctx, await asked(ctx, 7))

    assert order.state is OrderState.DELIVERED
    assert [child.terms.line.units for child in saved(ctx).orders.children_of(order.id)] == [3, 3, 1]
    assert saved(ctx).codes.count(order.id) == 7
    assert (await reconcile_purchases(ctx, ctx.vendor("corner_shop"))).findings == ()


async def test_an_answer_that_is_lost_is_found_by_its_reference(
    ctx: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = CornerShop.place

    async def and_hang_up(self: CornerShop, purchase: Purchase[GiftCardLine]) -> VendorOrder:
        await place(self, purchase)
        raise OutcomeUnknown("the line is dead")

    monkeypatch.setattr(CornerShop, "place", and_hang_up)
    order = await worked(ctx, await asked(ctx, 2))

    assert order.state is OrderState.DELIVERED
    shop = ctx.vendors["corner_shop"]
    assert isinstance(shop, CornerShop)
    assert len(shop.sold) == 1


def test_its_client_is_under_150_lines() -> None:
    assert len(Path(str(corner_shop.__file__)).read_text().splitlines()) < 150
