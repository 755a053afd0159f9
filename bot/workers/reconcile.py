"""Reconciles with each vendor once a day, also across restarts; sooner after a failure."""

import asyncio
from datetime import timedelta

import structlog

from bot.services.context import AppContext
from bot.services.reconcile_purchases import baseline, last_reconciled_at, reconcile_purchases
from bot.vendors.contract import Vendor, VendorError

log = structlog.get_logger(__name__)
_EVERY = timedelta(days=1)
_STARTUP_DELAY_S = 5 * 60.0  # the orders that are due at a start come first
_AFTER_A_FAILURE_S = 15 * 60.0
_LOOK_AT_THE_CLOCK_S = 60.0  # the machine may have slept, and its clock may have been set


async def reconcile_daily(ctx: AppContext, vendor: Vendor) -> None:
    """Until cancelled. The last time is stored, and at the first start so is the baseline."""
    step, wait_s = _keep_baseline, _STARTUP_DELAY_S
    while True:
        try:
            await step(ctx, vendor)
        except VendorError as error:
            log.warning(
                "reconciliation_failed", vendor=vendor.name, request_id=error.request_id, why=str(error)
            )
            wait_s = _AFTER_A_FAILURE_S
        except Exception:  # the loop outlives any fault in one round; the operator sees it in the log
            log.exception("reconciliation_failed", vendor=vendor.name)
            wait_s = _AFTER_A_FAILURE_S
        await asyncio.sleep(wait_s)
        step, wait_s = reconcile_if_due, _LOOK_AT_THE_CLOCK_S


async def reconcile_if_due(ctx: AppContext, vendor: Vendor) -> None:
    last, now = await last_reconciled_at(ctx, vendor), ctx.clock()
    if last is None or last > now or now - last >= _EVERY:
        await reconcile_purchases(ctx, vendor)


async def _keep_baseline(ctx: AppContext, vendor: Vendor) -> None:
    await baseline(ctx, vendor)
