"""We stay below the vendor's quotas, whatever is asked of us and when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vendors.contract import NotSent
from bot.vendors.http.rate_limit import TokenBucket
from bot.vendors.octopus.rate_limit import QUOTAS, OctopusRateLimiter, QuotaClass


class Watch:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.contract("15a")
@given(quota=st.integers(6, 600), gaps=st.lists(st.floats(0, 30), min_size=1, max_size=150))
def test_no_minute_ever_sees_more_than_the_quota(quota: int, gaps: list[float]) -> None:
    watch = Watch()
    bucket, sent = TokenBucket(quota, watch), []
    for gap in gaps:
        watch.now += gap
        wait_s = bucket.take(within_s=float("inf"))
        assert wait_s is not None
        sent.append(watch.now + wait_s)

    for first in sent:
        assert sum(first <= at < first + 60 for at in sent) < quota


async def test_a_short_burst_goes_straight_through() -> None:
    watch = Watch()
    rate_limiter = OctopusRateLimiter(now=watch, sleep=watch.sleep)

    for _ in range(QUOTAS[QuotaClass.READ] // 4):
        await rate_limiter.acquire(QuotaClass.READ, within_s=0)

    assert watch.now == 1000


async def test_beyond_the_burst_calls_wait_their_turn() -> None:
    watch = Watch()
    rate_limiter = OctopusRateLimiter({QuotaClass.LOGIN: 12}, now=watch, sleep=watch.sleep)

    for _ in range(4):
        await rate_limiter.acquire(QuotaClass.LOGIN, within_s=60)

    assert watch.now == pytest.approx(1000 + 60 / (12 * 0.65))


async def test_who_cannot_wait_is_told_at_once_and_takes_nobodys_turn() -> None:
    watch = Watch()
    rate_limiter = OctopusRateLimiter({QuotaClass.LOGIN: 4}, now=watch, sleep=watch.sleep)
    await rate_limiter.acquire(QuotaClass.LOGIN, within_s=0)

    for _ in range(20):
        with pytest.raises(NotSent):
            await rate_limiter.acquire(QuotaClass.LOGIN, within_s=1)
    await rate_limiter.acquire(QuotaClass.LOGIN, within_s=60)

    assert watch.now == pytest.approx(1000 + 60 / (4 * 0.65))


async def test_lanes_do_not_hold_each_other_up() -> None:
    watch = Watch()
    rate_limiter = OctopusRateLimiter(now=watch, sleep=watch.sleep)
    rate_limiter.hold(QuotaClass.READ, 30)

    await rate_limiter.acquire(QuotaClass.ORDER, within_s=0)

    assert watch.now == 1000


@pytest.mark.parametrize(("asked_s", "waited_s"), [(0, 0), (9, 9), (60, 60), (3600, 60)])
async def test_a_pause_the_vendor_asks_for_counts_for_everybody_but_never_over_a_minute(
    asked_s: float, waited_s: float
) -> None:
    watch = Watch()
    rate_limiter = OctopusRateLimiter(now=watch, sleep=watch.sleep)
    rate_limiter.hold(QuotaClass.READ, asked_s)

    await rate_limiter.acquire(QuotaClass.READ, within_s=120)

    assert watch.now == pytest.approx(1000 + waited_s)
