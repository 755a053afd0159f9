"""The actions operators start from the command line, run by the bot or, when none runs, by the command."""

from bot.ops.report import FOUND_PROBLEMS_STATUS, Report, order_report, reconciliation_report, refusal_text
from bot.services.context import AppContext
from bot.services.errors import RequestRejected
from bot.services.purchase.recover_now import recover_directly, recover_via_worker
from bot.services.reconcile_purchases import reconcile_purchases
from bot.vendors.contract import Vendor, VendorError

NOT_COMPLETED = 2


async def reconcile_books(ctx: AppContext) -> Report:
    """With every vendor. One that does not answer does not keep the others from being reported."""
    reports = [await _reconcile_vendor(ctx, vendor) for vendor in ctx.vendors.values()]
    return Report(
        tuple(line for each in reports for line in each.lines), max(each.status for each in reports)
    )


async def _reconcile_vendor(ctx: AppContext, vendor: Vendor) -> Report:
    try:
        return reconciliation_report(await reconcile_purchases(ctx, vendor))
    except VendorError as error:
        return Report((f"{vendor.title}: the books could not be read: {error}",), NOT_COMPLETED)


async def recover_order(ctx: AppContext, client_reference: str, *, workers_run: bool) -> Report:
    look_up = recover_via_worker if workers_run else recover_directly
    try:
        return await order_report(ctx, await look_up(ctx, client_reference))
    except RequestRejected as error:
        return Report((refusal_text(error),), FOUND_PROBLEMS_STATUS)
    except TimeoutError:
        return Report(
            ("The vendor takes its time. The bot goes on looking; ask again in a minute.",), NOT_COMPLETED
        )
    except VendorError as error:
        return Report(
            (f"The vendor did not answer, so nothing is known that was not before: {error}",), NOT_COMPLETED
        )
