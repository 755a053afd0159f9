"""Every call is counted in the lane the vendor counts it in, and a pause it asks for is kept by all."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from bot.providers.contract import NotSent
from bot.providers.octopus import OctopusCards
from bot.providers.octopus.pace import Lane, Pace
from tests.integration.octopus_client.conftest import PURCHASE, TERMS, NewClient
from tests.integration.octopus_client.rude_vendor import RudeVendor, answers, refusal

ORDERS = "POST /api/v1/orders"


class Watch:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


CALLS: list[tuple[Lane, Callable[[OctopusCards], Awaitable[Any]]]] = [
    (Lane.LOGIN, lambda client: client.check_login()),
    (Lane.REFRESH, lambda client: client.fetch("401")),
    (Lane.READ, lambda client: client.find("GC-1")),
    (Lane.ORDER, lambda client: client.place(PURCHASE)),
    (Lane.CHARGES, lambda client: client.quote(TERMS)),
    (Lane.OTHER, lambda client: client.is_available("8101", Decimal(20), 1)),
]


@pytest.mark.contract("15a")
@pytest.mark.parametrize(("lane", "call"), CALLS, ids=[lane for lane, _ in CALLS])
async def test_a_lane_that_is_full_makes_its_own_calls_wait_and_no_others(
    rude: RudeVendor, new_client: NewClient, lane: Lane, call: Callable[[OctopusCards], Awaitable[Any]]
) -> None:
    rude.on(ORDERS, answers(201, {"id": 1}))
    rude.on("GET /api/v1/orders", answers(200, []))
    rude.on("GET /api/v1/orders/401", *[answers(401), answers(200, {"id": 401})] * 2)
    rude.on("GET /api/v1/wallets", answers(200, [{"id": 31, "currency_id": 2, "amount": 7}]))
    rude.on("GET /api/v1/currencies", answers(200, [{"id": 2, "currency": "EUR"}]))
    rude.on("POST /api/v1/products/8101/charges", answers(200, {"total_payable": 1}))
    rude.on("POST /api/v1/products/8101/availability", answers(200, {"is_available": True}))
    watch = Watch()
    quotas = dict.fromkeys(Lane, 1_000_000) | {lane: 240}  # a burst of 60, then 2.6 a second
    pace = Pace(quotas, now=watch, sleep=watch.sleep)
    client = new_client(pace=pace)
    for _ in range(59):
        await pace.turn(lane, within_s=0)

    await call(client)
    assert watch.now == 0
    await call(client)
    assert watch.now > 0


async def test_a_pause_asked_of_one_purchase_is_kept_by_the_next(
    rude: RudeVendor, new_client: NewClient
) -> None:
    rude.on(ORDERS, answers(429, refusal("TOO_MANY_REQUESTS"), Retry_After="30"), answers(201, {"id": 1}))
    watch = Watch()
    quotas = dict.fromkeys(Lane, 6000)
    client = new_client(pace=Pace(quotas, now=watch, sleep=watch.sleep), timeouts=None)

    with pytest.raises(NotSent):
        await client.place(PURCHASE)
    await client.place(PURCHASE)

    assert watch.now == pytest.approx(30)


async def test_a_pause_asked_of_a_login_is_kept_by_the_next(rude: RudeVendor, new_client: NewClient) -> None:
    tokens = answers(200, rude.fresh_tokens())
    rude.on("POST /auth/login", answers(429, refusal("TOO_MANY_REQUESTS"), Retry_After="30"), tokens)
    watch = Watch()
    client = new_client(pace=Pace(now=watch, sleep=watch.sleep), timeouts=None)

    with pytest.raises(NotSent) as raised:
        await client.check_login()
    await client.check_login()

    assert raised.value.retry_after_s == 30
    assert watch.now == pytest.approx(30)


async def test_a_lane_with_a_longer_queue_than_our_patience_says_so_and_sends_nothing(
    rude: RudeVendor, new_client: NewClient
) -> None:
    watch = Watch()
    pace = Pace(now=watch, sleep=watch.sleep)
    pace.hold(Lane.ORDER, 60)

    with pytest.raises(NotSent, match="too much at once"):
        await new_client(pace=pace).place(PURCHASE)

    assert not rude.asked(ORDERS)
