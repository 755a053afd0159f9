"""Every call is counted in the lane the vendor counts it in, and a pause it asks for is kept by all."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.vendors.contract import NotSent
from bot.vendors.octopus.client import OctopusCards
from bot.vendors.octopus.rate_limit import OctopusRateLimiter, QuotaClass
from tests.integration.octopus_client.conftest import PURCHASE, TERMS, NewClient
from tests.support.octopus_scripted_server import ScriptedServer, answers, refusal

ORDERS = "POST /api/v1/orders"


class Watch:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


CALLS: list[tuple[QuotaClass, Callable[[OctopusCards], Awaitable[Any]]]] = [
    (QuotaClass.LOGIN, lambda client: client.gift_cards.fetch("402")),
    (QuotaClass.REFRESH, lambda client: client.gift_cards.fetch("401")),
    (QuotaClass.READ, lambda client: client.gift_cards.find("GC-1")),
    (QuotaClass.ORDER, lambda client: client.gift_cards.place(PURCHASE)),
    (QuotaClass.CHARGES, lambda client: client.gift_cards.quote(TERMS)),
    (QuotaClass.OTHER, lambda client: client.gift_cards.is_available(TERMS.line)),
]


@pytest.mark.contract("15a")
@pytest.mark.parametrize(("quota_class", "call"), CALLS, ids=[quota_class for quota_class, _ in CALLS])
async def test_a_lane_that_is_full_makes_its_own_calls_wait_and_no_others(
    server: ScriptedServer,
    new_client: NewClient,
    quota_class: QuotaClass,
    call: Callable[[OctopusCards], Awaitable[Any]],
) -> None:
    server.on(ORDERS, answers(201, {"id": 1}))
    server.on("GET /api/v1/orders", answers(200, []))
    server.on("GET /api/v1/orders/401", *[answers(401), answers(200, {"id": 401})] * 2)
    if quota_class is QuotaClass.LOGIN:
        server.on(
            "GET /api/v1/orders/402", answers(200, {"id": 402}), answers(401), answers(200, {"id": 402})
        )
        server.on("POST /auth/refresh", answers(401, refusal("UNAUTHORIZED")))
    server.on("GET /api/v1/wallets", answers(200, [{"id": 31, "currency_id": 2, "amount": 7}]))
    server.on("GET /api/v1/currencies", answers(200, [{"id": 2, "currency": "EUR"}]))
    server.on("POST /api/v1/products/8101/charges", answers(200, {"total_payable": 1}))
    server.on("POST /api/v1/products/8101/availability", answers(200, {"is_available": True}))
    watch = Watch()
    quotas = dict.fromkeys(QuotaClass, 1_000_000) | {quota_class: 240}  # a burst of 60, then 2.6 a second
    rate_limiter = OctopusRateLimiter(quotas, now=watch, sleep=watch.sleep)
    client = new_client(rate_limiter=rate_limiter)
    for _ in range(59):
        await rate_limiter.acquire(quota_class, within_s=0)

    await call(client)
    assert watch.now == 0
    await call(client)
    assert watch.now > 0


async def test_a_pause_asked_of_one_purchase_is_kept_by_the_next(
    server: ScriptedServer, new_client: NewClient
) -> None:
    server.on(ORDERS, answers(429, refusal("TOO_MANY_REQUESTS"), Retry_After="30"), answers(201, {"id": 1}))
    watch = Watch()
    quotas = dict.fromkeys(QuotaClass, 6000)
    client = new_client(rate_limiter=OctopusRateLimiter(quotas, now=watch, sleep=watch.sleep), timeouts=None)

    with pytest.raises(NotSent):
        await client.gift_cards.place(PURCHASE)
    await client.gift_cards.place(PURCHASE)

    assert watch.now == pytest.approx(30)


async def test_a_pause_asked_of_a_login_is_kept_by_the_next(
    server: ScriptedServer, new_client: NewClient
) -> None:
    tokens = answers(200, server.fresh_tokens())
    server.on("POST /auth/login", answers(429, refusal("TOO_MANY_REQUESTS"), Retry_After="30"), tokens)
    watch = Watch()
    client = new_client(rate_limiter=OctopusRateLimiter(now=watch, sleep=watch.sleep), timeouts=None)

    with pytest.raises(NotSent) as raised:
        await client.account()
    await client.account()

    assert raised.value.retry_after_s == 30
    assert watch.now == pytest.approx(30)


async def test_a_lane_with_a_longer_queue_than_our_patience_says_so_and_sends_nothing(
    server: ScriptedServer, new_client: NewClient
) -> None:
    watch = Watch()
    rate_limiter = OctopusRateLimiter(now=watch, sleep=watch.sleep)
    rate_limiter.hold(QuotaClass.ORDER, 60)

    with pytest.raises(NotSent, match="too much at once"):
        await new_client(rate_limiter=rate_limiter).gift_cards.place(PURCHASE)

    assert not server.asked(ORDERS)
