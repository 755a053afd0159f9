"""Matches the books once a day, restarts or not; sooner again when the vendor did not answer."""

import asyncio
from datetime import timedelta

import structlog

from bot.providers.contract import Provider, ProviderError
from bot.usecases.desk import Desk
from bot.usecases.match_purchases import baseline, last_matched_at, match_purchases

log = structlog.get_logger(__name__)
_EVERY = timedelta(days=1)
_SETTLE_IN_S = 5 * 60.0  # what a start has to catch up with comes first
_AFTER_A_FAILURE_S = 15 * 60.0
_LOOK_AT_THE_CLOCK_S = 60.0  # the machine may sleep, and its clock may be set


async def match_daily(desk: Desk, provider: Provider) -> None:
    """Until cancelled. When it was last done is on disk, and so is the baseline, from the first start on."""
    step, wait_s = _keep_baseline, _SETTLE_IN_S
    while True:
        try:
            await step(desk, provider)
        except ProviderError as failure:
            log.warning(
                "match_failed", provider=provider.name, request_id=failure.request_id, why=str(failure)
            )
            wait_s = _AFTER_A_FAILURE_S
        except Exception:  # the loop outlives any fault in one round; the operator sees it in the log
            log.exception("match_failed", provider=provider.name)
            wait_s = _AFTER_A_FAILURE_S
        await asyncio.sleep(wait_s)
        step, wait_s = match_if_due, _LOOK_AT_THE_CLOCK_S


async def match_if_due(desk: Desk, provider: Provider) -> None:
    last, now = last_matched_at(desk, provider), desk.clock()
    if last is None or last > now or now - last >= _EVERY:
        await match_purchases(desk, provider)


async def _keep_baseline(desk: Desk, provider: Provider) -> None:
    baseline(desk, provider)
