"""What vendors differ in is data: one more of them needs no line in a use case, a handler or the store."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.orders import Order, OrderState
from bot.domain.policy import Policy
from bot.providers.contract import OutcomeUnknown, Purchase, Receipt
from bot.usecases.decide_request import approve_request
from bot.usecases.desk import Desk
from bot.usecases.match_purchases import match_purchases
from bot.usecases.quote_order import Selection
from bot.usecases.request_order import OrderRequest, request_order
from bot.usecases.sync_catalogue import sync_catalogue
from bot.workers.orders import NEXT_STEP
from store import Keyring, Store
from tests.integration.purchase.conftest import AGENT, LEAD
from tests.integration.third_vendor import corner_shop
from tests.integration.third_vendor.corner_shop import CornerShop

ROOT = Path(__file__).parents[3]


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = Clock()
    policy = Policy.model_validate(
        {"requesters": {"groups": ["S0AGENTS"]}, "approvers": {"groups": ["S0LEADS"]}}
    )
    store = Store.open(tmp_path / "giftcard.sqlite3", Keyring([Keyring.generate()]), clock=clock)
    shop = CornerShop()
    desk = Desk(store, {shop.name: shop}, policy, "sandbox", clock)
    await sync_catalogue(desk)
    yield desk
    store.close()


async def asked(desk: Desk, quantity: int) -> Order:
    (product,) = desk.store.catalogue.search("tea house").products
    selection = Selection(product.key, product.denominations[0].minimum, quantity)
    request = OrderRequest(selection, "parcel lost twice", None, None)
    order = await request_order(desk, AGENT, request, request_key="view-1")
    return approve_request(desk, LEAD, order.id)


async def worked(desk: Desk, order: Order) -> Order:
    """The order when nothing is due for it or its parts any more."""
    clock = desk.clock
    assert isinstance(clock, Clock)
    while due := desk.store.orders.due(list(NEXT_STEP), clock() + timedelta(minutes=5)):
        clock.now = max(clock(), *(each.next_at for each in due if each.next_at)) + timedelta(seconds=1)
        for each in due:
            await NEXT_STEP[each.state](desk, each.id)
    return desk.store.orders.get(order.id)


async def test_it_is_searched_quoted_approved_bought_delivered_and_matched(desk: Desk) -> None:
    order = await worked(desk, await asked(desk, 2))

    assert order.state is OrderState.DELIVERED
    assert [voucher.card_number for voucher in desk.store.codes.of_order(order.id)] == ["TEA-1-0", "TEA-1-1"]
    assert (await match_purchases(desk, desk.provider("corner_shop"))).findings == ()


async def test_more_than_it_sells_at_once_comes_in_parts(desk: Desk) -> None:
    order = await worked(desk, await asked(desk, 7))

    assert order.state is OrderState.DELIVERED
    assert [part.terms.quantity for part in desk.store.orders.parts_of(order.id)] == [3, 3, 1]
    assert desk.store.codes.count(order.id) == 7
    assert (await match_purchases(desk, desk.provider("corner_shop"))).findings == ()


async def test_an_answer_that_is_lost_is_found_by_its_reference(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = CornerShop.place

    async def and_hang_up(self: CornerShop, purchase: Purchase) -> Receipt:
        await place(self, purchase)
        raise OutcomeUnknown("the line is dead")

    monkeypatch.setattr(CornerShop, "place", and_hang_up)
    order = await worked(desk, await asked(desk, 2))

    assert order.state is OrderState.DELIVERED
    shop = desk.providers["corner_shop"]
    assert isinstance(shop, CornerShop)
    assert len(shop.sold) == 1


def test_it_is_under_150_lines_and_no_use_case_knows_a_vendor_by_name() -> None:
    assert len(Path(str(corner_shop.__file__)).read_text().splitlines()) < 150

    rooms = ("bot/domain", "bot/usecases", "bot/workers", "handlers", "store")
    names = re.compile(r"octopus|cardpluspay|corner_shop", re.IGNORECASE)
    knowing = [
        f"{path.relative_to(ROOT)}:{number}"
        for room in rooms
        for path in sorted((ROOT / room).rglob("*.py"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if names.search(line)
    ]
    assert knowing == []
