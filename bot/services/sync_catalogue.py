"""Bring the local copy of the vendors' catalogues up to date, each vendor by itself."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.domain.catalogue import CataloguePage, Product
from bot.search.index import SearchIndex
from bot.services.context import AppContext
from bot.services.open_vendors import open_vendors
from bot.services.runtime_status import SyncProgress
from bot.vendors.contract import Vendor, VendorError
from store import CatalogueSync, Store, Transaction

ProgressCallback = Callable[[SyncProgress], None]


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What a sync did to one vendor's products. `failure` is why it broke off, if it did."""

    vendor: str
    seen: int
    written: int
    failure: VendorError | None = None


def _no_one_watches(progress: SyncProgress) -> None:
    """SyncProgress that nobody shows."""


async def sync_catalogue(
    ctx: AppContext, on_progress: ProgressCallback = _no_one_watches
) -> list[SyncResult]:
    """Read every vendor's products, one vendor after the other. One that fails holds up no other."""
    results: list[SyncResult] = []
    for vendor in open_vendors(ctx).values():
        before = sum(result.seen for result in results)
        latest = SyncProgress(0, None)

        def count(progress: SyncProgress, before: int = before) -> None:
            nonlocal latest
            latest = progress
            on_progress(SyncProgress(before + progress.seen, progress.total and before + progress.total))

        try:
            results.append(await sync_vendor(ctx, vendor, count))
        except VendorError as error:
            results.append(SyncResult(vendor.name, latest.seen, 0, error))
    return results


async def sync_vendor(
    ctx: AppContext, vendor: Vendor, on_progress: ProgressCallback = _no_one_watches
) -> SyncResult:
    """Read one vendor's products, a page and a transaction at a time; the vanished are marked at the end.

    Raises VendorError; what was read until then stays, and nothing is marked.
    """
    try:
        synced = await _read(ctx, vendor, on_progress)
    except VendorError:
        ctx.runtime.failed_syncs.add(vendor.name)
        raise
    finally:
        ctx.runtime.sync_progress.pop(vendor.name, None)
    ctx.runtime.failed_syncs.discard(vendor.name)
    return synced


async def _read(ctx: AppContext, vendor: Vendor, on_progress: ProgressCallback) -> SyncResult:
    names, listed = await vendor.names(), CatalogueSync(vendor.name)
    await ctx.store.write(lambda tx: tx.catalogue.put_names(names))
    seen = written = 0
    async for page in _pages(vendor):
        written += await ctx.store.write(partial(_put, page.products, listed))
        seen += len(page.products)
        ctx.runtime.sync_progress[vendor.name] = SyncProgress(seen, page.total)
        on_progress(ctx.runtime.sync_progress[vendor.name])
    await ctx.store.write(lambda tx: tx.catalogue.end_sync(listed))
    await _prepare_search(ctx)
    return SyncResult(vendor.name, seen, written)


def _put(products: Sequence[Product], listed: CatalogueSync, tx: Transaction) -> int:
    return tx.catalogue.put(products, listed).written


async def _pages(vendor: Vendor) -> AsyncIterator[CataloguePage]:
    """Of every kind it sells; where these are several, nobody knows how many products there are in all."""
    for sells in vendor.sells.values():
        async for page in sells.products():
            yield page if len(vendor.sells) == 1 else replace(page, total=None)


async def _prepare_search(ctx: AppContext) -> None:
    """On a thread, so that neither a request of Slack's nor the first search after this waits for it."""
    version = await ctx.read(lambda tx: tx.catalogue.version)
    index = await asyncio.to_thread(_search_index, ctx.store)
    await ctx.read(lambda tx: tx.catalogue.use_search_index(index, version))


def _search_index(store: Store) -> SearchIndex:
    with store.reader() as database:
        return database.search_index()


async def initial_sync_progress(ctx: AppContext) -> dict[str, SyncProgress]:
    """By vendor, how far it is where the catalogue is being read for the first time."""
    unread = await ctx.read(
        lambda tx: [name for name in open_vendors(ctx) if tx.catalogue.synced_at(name) is None]
    )
    return {name: ctx.runtime.sync_progress.get(name, SyncProgress(0, None)) for name in unread}
