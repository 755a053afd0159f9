"""Bring the local copy of the vendors' catalogues up to date, each vendor by itself."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.providers.contract import Provider, ProviderError
from bot.usecases.desk import Desk, Progress

Watch = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync did to one vendor's products. `failure` is why it broke off, if it did."""

    provider: str
    seen: int
    written: int
    failure: ProviderError | None = None


def _no_one_watches(progress: Progress) -> None:
    """Progress that nobody shows."""


async def sync_catalogue(desk: Desk, watch: Watch = _no_one_watches) -> list[Synced]:
    """Read every vendor's products, one vendor after the other. One that fails holds up no other."""
    results: list[Synced] = []
    for provider in desk.vendors.values():
        before = sum(result.seen for result in results)
        latest = Progress(0, None)

        def count(progress: Progress, before: int = before) -> None:
            nonlocal latest
            latest = progress
            watch(Progress(before + progress.seen, progress.total and before + progress.total))

        try:
            results.append(await sync_vendor(desk, provider, count))
        except ProviderError as failure:
            results.append(Synced(provider.name, latest.seen, 0, failure))
    return results


async def sync_vendor(desk: Desk, provider: Provider, watch: Watch = _no_one_watches) -> Synced:
    """Read one vendor's products, a page and a transaction at a time; the vanished are marked at the end.

    Raises ProviderError; what was read until then stays, and nothing is marked.
    """
    try:
        synced = await _read(desk, provider, watch)
    except ProviderError:
        desk.unread.add(provider.name)
        raise
    finally:
        desk.reading.pop(provider.name, None)
    desk.unread.discard(provider.name)
    return synced


async def _read(desk: Desk, provider: Provider, watch: Watch) -> Synced:
    names = await provider.names()
    with desk.store.transaction():
        desk.store.catalogue.put_names(names)
        token = desk.store.catalogue.begin_sync(provider.name)
    seen = written = 0
    async for page in provider.products():
        with desk.store.transaction():
            written += desk.store.catalogue.put(page.products, token).written
        seen += len(page.products)
        desk.reading[provider.name] = Progress(seen, page.total)
        watch(desk.reading[provider.name])
    with desk.store.transaction():
        desk.store.catalogue.end_sync(token)
    await _prepare_search(desk)
    return Synced(provider.name, seen, written)


async def _prepare_search(desk: Desk) -> None:
    """On a thread, so that neither a request of Slack's nor the first search after this waits for it."""
    catalogue = desk.store.catalogue
    version = catalogue.version
    catalogue.search_in(await asyncio.to_thread(catalogue.read_listing), version)


def first_readings(desk: Desk) -> dict[str, Progress]:
    """By vendor, how far it is where the catalogue is being read for the first time."""
    return {
        name: desk.reading.get(name, Progress(0, None))
        for name in desk.vendors
        if desk.store.catalogue.synced_at(name) is None
    }
