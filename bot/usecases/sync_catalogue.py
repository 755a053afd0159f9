"""Bring the local copy of the vendors' catalogues up to date."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.usecases.desk import Desk, Progress


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync did to one vendor's products."""

    provider: str
    seen: int
    written: int


def _no_one_watches(progress: Progress) -> None:
    """Progress that nobody shows."""


async def sync_catalogue(desk: Desk, watch: Callable[[Progress], None] = _no_one_watches) -> list[Synced]:
    """Read every vendor's products, a page and a transaction at a time; the vanished are marked at the end.

    Raises ProviderError; what was read until then stays.
    """
    try:
        return await _read_all(desk, watch)
    finally:
        desk.reading = None


def first_reading(desk: Desk) -> Progress | None:
    """How far it is, while the catalogue is being read for the first time; None once it was read."""
    return None if desk.store.catalogue.synced_at() else desk.reading or Progress(0, None)


async def _read_all(desk: Desk, watch: Callable[[Progress], None]) -> list[Synced]:
    results = []
    with desk.store.transaction():
        token = desk.store.catalogue.begin_sync()
    for provider in desk.providers.values():
        names = await provider.names()
        with desk.store.transaction():
            desk.store.catalogue.put_names(names)
        seen = written = 0
        async for page in provider.products():
            with desk.store.transaction():
                written += desk.store.catalogue.put(page.products, token).written
            seen += len(page.products)
            desk.reading = Progress(seen, page.total)
            watch(desk.reading)
        results.append(Synced(provider.name, seen, written))
    with desk.store.transaction():
        desk.store.catalogue.end_sync(token)
    return results
