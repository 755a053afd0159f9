"""What somebody tried who wanted money, codes or silence out of it, by the real client and the stand-in."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.money import Money
from bot.domain.orders import Order, new_client_reference
from bot.domain.policy import Policy
from bot.ops.guards.accounts import AccountMismatch, check_accounts
from bot.services.context import AppContext
from bot.services.decide_request import approve_request
from bot.services.purchase.save_unparsed_response import save_unparsed_response
from bot.services.reconcile_purchases import reconcile_purchases
from bot.vendors.cardpluspay.client import CardPlusPay
from bot.vendors.cardpluspay.rate_limit import CardPlusPayRateLimiter, QuotaClass
from bot.vendors.http.transport import Timeouts
from bot.workers.orders import take_next_step
from store import Keyring, NewOrder
from tests.integration.cardpluspay_client.conftest import BALANCE, BUY, CHECK, LIST, holds, in_stock, says
from tests.support.at_once import saved, write
from tests.support.cardpluspay_stand_in import STEAM, StandIn, running
from tests.support.clock import ShiftedClock
from tests.support.database import open_store
from tests.support.order_moves import add_order
from tests.support.people import AGENT, LEAD
from tests.support.scripted_server import ScriptedServer
from tests.support.terms import gift_card_terms, vouchers

S = OrderState
KEY = Keyring.generate()
ONE_PAGE = {"total": 0, "per_page": 100, "current_page": 1, "last_page": 1}
FREE = "APPLE"


@pytest.fixture(scope="session")
def shop_process() -> Iterator[StandIn]:
    with running() as stand_in:
        yield stand_in


@pytest.fixture
def shop(shop_process: StandIn) -> StandIn:
    shop_process.back_office("POST", "reset")
    return shop_process


def client_of(base_url: str, key: str) -> CardPlusPay:
    return CardPlusPay(
        base_url,
        key,
        timeouts=Timeouts(1, 1, 1.5),
        rate_limiter=CardPlusPayRateLimiter(dict.fromkeys(QuotaClass, 1_000_000)),
    )


class World:
    def __init__(self, folder: Path, client: CardPlusPay) -> None:
        self.clock = ShiftedClock()
        store = open_store(folder / "g.sqlite3", KEY, clock=self.clock)
        policy = Policy.model_validate(
            {"requesters": {"groups": ["S0AGENTS"]}, "approvers": {"groups": ["S0LEADS"]}}
        )
        self.ctx = AppContext(store, {client.name: client}, policy, "sandbox", clock=self.clock)
        self.use(client)

    def use(self, client: CardPlusPay) -> None:
        client.save_unparsed_response = partial(save_unparsed_response, self.ctx)
        self.ctx.vendors = {client.name: client}

    async def approved(self, quantity: int = 2, item: str = STEAM, face: str = "20.00") -> Order:
        now = self.clock()
        terms = gift_card_terms("cardpluspay", item, Money(Decimal(face), "USD"), quantity, "balance")
        quote = await self.ctx.sells(terms).quote(terms)
        draft = NewOrder(
            client_reference=new_client_reference(now),
            requester=AGENT.id,
            terms=terms,
            product_name="Steam",
            country="USA",
            discount=quote.discount,
            forex_rate=None,
            fee=quote.fee,
            charge=quote.charge,
            balance_after=quote.balance_after,
            reason="parcel lost twice",
            ticket_url=None,
            recipient_email=None,
            requested_at=now,
            next_at=now + timedelta(days=3),
        )
        order = write(
            self.ctx, lambda tx: add_order(tx, draft, request_key=draft.client_reference, actor=AGENT.id)
        )
        return await approve_request(self.ctx, LEAD, order.id)

    async def work(self, order: Order, *, steps: int = 1, until: OrderState | None = None) -> Order:
        for _ in range(steps):
            order = saved(self.ctx).orders.get(order.id)
            if order.next_at is None or order.state in (S.PENDING_APPROVAL, until):
                break
            self.clock.advance(max(timedelta(), order.next_at - self.clock()))
            await take_next_step(self.ctx, order)
        return saved(self.ctx).orders.get(order.id)


@pytest.fixture
async def world(tmp_path: Path, shop: StandIn) -> AsyncIterator[World]:
    env = shop.announced["env"]
    client = client_of(env["CARDPLUSPAY_BASE_URL"], env["CARDPLUSPAY_API_KEY"])
    world = World(tmp_path, client)
    yield world
    await client.aclose()
    world.ctx.store.close()


def arm(shop: StandIn, kind: str, **options: Any) -> None:
    shop.back_office(
        "POST", "faults", kind=kind, times=1, match={"method": "POST", "path": "/v1/orders"}, **options
    )


def orders_there(shop: StandIn) -> list[dict[str, Any]]:
    orders: list[dict[str, Any]] = shop.book()["orders"]
    return orders


async def test_a_price_that_rose_by_a_quarter_and_a_lost_answer_do_not_buy_twice(
    world: World, shop: StandIn
) -> None:
    order = await world.approved()
    arm(shop, "price-change", percent=25)
    arm(shop, "drop-after")
    order = await world.work(order)
    assert order.state is S.OUTCOME_UNKNOWN
    assert len(orders_there(shop)) == 1
    await world.work(order, steps=30)
    assert len(orders_there(shop)) == 1, [o["amount"] for o in orders_there(shop)]


async def test_a_vendor_whose_clock_is_half_an_hour_off_does_not_sell_twice(
    world: World, shop: StandIn
) -> None:
    shop.back_office("POST", "clock", shift_s=1800)
    order = await world.approved()
    arm(shop, "drop-after")
    order = await world.work(order)
    assert order.state is S.OUTCOME_UNKNOWN
    await world.work(order, steps=30)
    assert len(orders_there(shop)) == 1


async def test_what_is_refused_is_not_called_paid(world: World, shop: StandIn) -> None:
    shop.back_office("PATCH", "choices", refused_orders="failed-row")
    order = await world.approved()
    arm(shop, "insufficient-funds")
    order = await world.work(order)
    assert order.state is S.REFUSED, f"{order.state}: {order.problem}"


async def test_a_code_that_may_lack_its_pin_is_not_shown_as_complete(world: World, shop: StandIn) -> None:
    first = await world.work(await world.approved(quantity=1))  # the first Steam code of an order has none
    assert first.state is S.DELIVERED
    order = await world.approved(quantity=2)  # the second has one
    arm(shop, "drop-after")
    order = await world.work(order, steps=10, until=S.DELIVERED)
    kept = saved(world.ctx).codes.of_order(order.id)
    assert order.state is not S.DELIVERED, [bool(v.pin_code) for v in vouchers(kept)]


async def test_the_rest_of_an_order_that_may_lack_its_pin_is_not_shown_as_complete(
    world: World, shop: StandIn
) -> None:
    """One order alone: its first card (no PIN) came with the purchase, the second (PIN) with a read."""
    order = await world.approved(quantity=2)
    arm(shop, "fewer-codes", deliver=1, then="complete", seconds=0.2)
    order = await world.work(order)
    assert order.state is S.PARTIALLY_DELIVERED
    shop.back_office("POST", "clock", shift_s=60)
    order = await world.work(order, steps=3, until=S.DELIVERED)
    kept = saved(world.ctx).codes.of_order(order.id)
    assert order.state is not S.DELIVERED, [bool(v.pin_code) for v in vouchers(kept)]


async def test_a_dashboard_purchase_of_another_product_is_not_taken_for_ours(
    world: World, shop: StandIn
) -> None:
    """Reads are full here: they name the product. 2 x 19.28 = 38.56; somebody buys something near that."""
    shop.back_office("PATCH", "choices", codes_on_read="full")
    order = await world.approved()
    arm(shop, "drop-before")
    order = await world.work(order)
    items = shop.back_office("GET", "items", limit=1000)
    near = next(
        i
        for i in (items if isinstance(items, list) else items["items"])
        if i["item_code"] != STEAM and 31 < Decimal(i["price"]) < 46 and i["active"]
    )
    stranger = shop.back_office(
        "POST", f"accounts/{shop.account}/buy", item_code=near["item_code"], quantity=1
    )
    order = await world.work(order, steps=30, until=S.DELIVERED)
    assert order.state is S.DELIVERED  # bought anew, because that one shows that it is another one's
    world.clock.advance(timedelta(minutes=6))
    report = await reconcile_purchases(world.ctx, world.ctx.vendor("cardpluspay"))
    assert order.vendor_order_id != str(stranger["order_id"]), f"{order.state}: {order.problem}"
    assert any("order" in f.message for f in report.findings)


async def test_another_account_s_key_half_way_does_not_buy_there(
    world: World, shop: StandIn, tmp_path: Path
) -> None:
    """The settings lead to another account of the same host, with as much money as ours had."""
    other = shop.back_office("POST", "accounts", name="Other", currency="USD", balance="25000.00")
    order = await world.approved()
    arm(shop, "drop-after")
    order = await world.work(order)
    assert order.state is S.OUTCOME_UNKNOWN
    client = client_of(shop.announced["env"]["CARDPLUSPAY_BASE_URL"], other["api_key"])
    await check_accounts(world.ctx)  # the first start
    world.use(client)
    with pytest.raises(AccountMismatch, match=order.client_reference):
        await check_accounts(world.ctx)
    await client.aclose()
    theirs = shop.back_office("GET", f"accounts/{other['id']}/book")["orders"]
    assert len(orders_there(shop)) + len(theirs) == 1


async def test_a_pin_under_an_unknown_name_is_not_left_out_of_a_card_shown_as_complete(
    tmp_path: Path,
) -> None:
    async with ScriptedServer() as server:
        server.on(BALANCE, holds("1204.15"))
        server.on(CHECK, in_stock())
        server.on(
            LIST,
            says(
                {"orders": [], "pagination": {"total": 0, "per_page": 100, "current_page": 1, "last_page": 1}}
            ),
        )
        card = {
            "code": "A1B2-C3D4-E5F6",
            "currency": "USD",
            "item_code": STEAM,
            "denomination": "20.00",
            "charged_amount": "19.35",
            "denomination_unit": "USD",
            "metadata": [{"Card PIN": "4410"}],
        }
        server.on(
            BUY,
            says(
                {
                    "order_id": 90417,
                    "order_no": "ORD-1",
                    "status": "completed",
                    "state": "completed",
                    "type": "bulk",
                    "brand": STEAM,
                    "codes": [card],
                    "amount": "19.35",
                    "total_denomination": 20,
                    "denomination_unit": "USD",
                    "created_at": "2031-05-02T09:14:08+02:00",
                }
            ),
        )
        client = client_of(f"{server.address}/v1", "key")
        world = World(tmp_path, client)
        order = await world.work(await world.approved(quantity=1))
        kept = saved(world.ctx).codes.of_order(order.id)
        await client.aclose()
        assert order.state is S.DELIVERED
        assert [card.more for card in vouchers(kept)] == ["Card PIN: 4410"]


async def test_a_claim_link_left_out_of_a_read_does_not_make_one_card_two(tmp_path: Path) -> None:
    """Three cards ordered. The purchase shows the first, with its link; a read shows two, bare."""
    async with ScriptedServer() as server:
        server.on(BALANCE, holds("1204.15"))
        server.on(CHECK, in_stock())
        server.on(
            LIST,
            says(
                {"orders": [], "pagination": {"total": 0, "per_page": 100, "current_page": 1, "last_page": 1}}
            ),
        )

        def card(n: int) -> dict[str, Any]:
            return {
                "code": f"CODE-000{n}",
                "currency": "USD",
                "item_code": STEAM,
                "denomination": "20.00",
                "charged_amount": "19.35",
                "metadata": [{"Claim URL": f"https://claim.example/{n}"}],
            }

        server.on(
            BUY, says({"order_id": 90417, "status": "completed", "codes": [card(1)], "amount": "58.05"})
        )
        bare = [{"code": f"CODE-000{n}", "status": "completed"} for n in (1, 2)]
        server.on(
            "GET /v1/orders/90417",
            says({"order_id": 90417, "status": "completed", "codes": bare, "amount": 58.05}),
        )
        client = client_of(f"{server.address}/v1", "key")
        world = World(tmp_path, client)
        order = await world.work(await world.approved(quantity=3), steps=3)
        kept = saved(world.ctx).codes.of_order(order.id)
        await client.aclose()
        assert order.state is not S.DELIVERED, [v.card_number for v in vouchers(kept)]


async def test_a_late_code_is_no_finding_where_the_debit_comes_with_it(world: World, shop: StandIn) -> None:
    shop.back_office("PATCH", "choices", debit="fulfilment", late_delivery="seconds", late_by=3600)
    vendor = world.ctx.vendor("cardpluspay")
    order = await world.approved()
    world.clock.advance(timedelta(seconds=1))
    assert (await reconcile_purchases(world.ctx, vendor)).findings == ()
    order = await world.work(order)
    assert order.state is S.PURCHASED
    world.clock.advance(timedelta(seconds=1))
    assert (await reconcile_purchases(world.ctx, vendor)).findings == ()


async def test_a_refused_order_is_not_unknown(world: World, shop: StandIn) -> None:
    shop.back_office("PATCH", "choices", refused_orders="failed-row")
    vendor = world.ctx.vendor("cardpluspay")
    assert (await reconcile_purchases(world.ctx, vendor)).findings == ()
    order = await world.approved()
    arm(shop, "out-of-stock")
    await world.work(order, steps=2)
    world.clock.advance(timedelta(minutes=1))
    assert (await reconcile_purchases(world.ctx, vendor)).findings == ()
