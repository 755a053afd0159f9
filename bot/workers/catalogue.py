"""Keeps the local catalogue fresh: at the start, then every few hours, sooner again after a failure."""

import asyncio

import structlog

from bot.providers.contract import ProviderError
from bot.usecases.desk import Desk
from bot.usecases.sync_catalogue import sync_catalogue

log = structlog.get_logger(__name__)
_EVERY_S = 4 * 60 * 60.0
_AFTER_A_FAILURE_S = 30.0


async def keep_catalogue_fresh(desk: Desk) -> None:
    """Until cancelled. A failed sync leaves the catalogue as it was."""
    while True:
        try:
            for synced in await sync_catalogue(desk):
                log.info(
                    "catalogue_synced", provider=synced.provider, seen=synced.seen, written=synced.written
                )
            wait_s = _EVERY_S
        except ProviderError as failure:
            log.warning("catalogue_sync_failed", request_id=failure.request_id, why=str(failure))
            wait_s = _AFTER_A_FAILURE_S
        except Exception:  # the loop outlives any fault in one round; the operator sees it in the log
            log.exception("catalogue_sync_failed")
            wait_s = _AFTER_A_FAILURE_S
        await asyncio.sleep(wait_s)
