"""Syncs each vendor's catalogue at the start and every few hours, sooner after a failure."""

import asyncio

import structlog

from bot.services.context import AppContext
from bot.services.open_vendors import open_vendors
from bot.services.sync_catalogue import sync_vendor
from bot.vendors.contract import Vendor, VendorError

log = structlog.get_logger(__name__)
_EVERY_S = 4 * 60 * 60.0
_AFTER_A_FAILURE_S = 30.0


async def keep_catalogue_fresh(ctx: AppContext) -> None:
    """Until cancelled. A vendor that fails keeps its products and does not delay other vendors."""
    await asyncio.gather(*(_keep_fresh(ctx, vendor) for vendor in open_vendors(ctx).values()))


async def _keep_fresh(ctx: AppContext, vendor: Vendor) -> None:
    while True:
        wait_s = _AFTER_A_FAILURE_S
        try:
            synced = await sync_vendor(ctx, vendor)
            log.info("catalogue_synced", vendor=vendor.name, seen=synced.seen, written=synced.written)
            wait_s = _EVERY_S
        except VendorError as error:
            log.warning(
                "catalogue_sync_failed",
                vendor=vendor.name,
                request_id=error.request_id,
                why=str(error),
            )
        except Exception:  # the loop outlives any fault in one round; the operator sees it in the log
            log.exception("catalogue_sync_failed", vendor=vendor.name)
        await asyncio.sleep(wait_s)
