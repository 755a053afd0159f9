"""Says which vendors' catalogues are still being read, or could not be read."""

from bot.services.context import AppContext
from bot.services.open_vendors import open_vendors
from bot.services.runtime_status import SyncProgress
from bot.services.sync_catalogue import initial_sync_progress
from handlers.block_kit.text import safe_line


async def catalogue_status_line(ctx: AppContext) -> str | None:
    """A line for each such vendor; None where every catalogue is up to date."""
    first = await initial_sync_progress(ctx)
    vendor_suffix = {
        name: "" if len(open_vendors(ctx)) == 1 else f" of {safe_line(p.title, 80)}"
        for name, p in open_vendors(ctx).items()
    }
    lines = [
        _first_read_line(vendor_suffix[name], first[name])
        for name in first
        if name not in ctx.runtime.failed_syncs
    ]
    lines += [
        _read_failed_line(vendor_suffix[name], never=name in first)
        for name in vendor_suffix
        if name in ctx.runtime.failed_syncs
    ]
    return "\n".join(lines) or None


async def catalogue_loading_text(ctx: AppContext) -> str:
    return f"{await catalogue_status_line(ctx) or 'The catalogue is empty.'} Try again in a minute."


def _first_read_line(vendor_suffix: str, progress: SyncProgress) -> str:
    so_far = f"{progress.seen:,} of {progress.total:,}" if progress.total else f"{progress.seen:,}"
    return f"⏳ The catalogue{vendor_suffix} is being read for the first time: {so_far} products so far."


def _read_failed_line(vendor_suffix: str, *, never: bool) -> str:
    what = "what it sells is not shown yet" if never else "what it sells is shown as it was last read"
    return (
        f"⚠️ The catalogue{vendor_suffix} could not be read just now, so {what}. It is tried again by itself."
    )
