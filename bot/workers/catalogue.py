"""Keeps each vendor's catalogue fresh: at the start, then every few hours, sooner again after a failure."""

import asyncio

import structlog

from bot.providers.contract import Provider, ProviderError
from bot.usecases.desk import Desk
from bot.usecases.sync_catalogue import sync_vendor

log = structlog.get_logger(__name__)
_EVERY_S = 4 * 60 * 60.0
_AFTER_A_FAILURE_S = 30.0


async def keep_catalogue_fresh(desk: Desk) -> None:
    """Until cancelled. A vendor that cannot be read holds no other up; its products stay as they were."""
    await asyncio.gather(*(_keep_fresh(desk, provider) for provider in desk.vendors.values()))


async def _keep_fresh(desk: Desk, provider: Provider) -> None:
    while True:
        wait_s = _AFTER_A_FAILURE_S
        try:
            synced = await sync_vendor(desk, provider)
            log.info("catalogue_synced", provider=provider.name, seen=synced.seen, written=synced.written)
            wait_s = _EVERY_S
        except ProviderError as failure:
            log.warning(
                "catalogue_sync_failed",
                provider=provider.name,
                request_id=failure.request_id,
                why=str(failure),
            )
        except Exception:  # the loop outlives any fault in one round; the operator sees it in the log
            log.exception("catalogue_sync_failed", provider=provider.name)
        await asyncio.sleep(wait_s)
