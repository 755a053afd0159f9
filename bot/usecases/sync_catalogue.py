"""Bring the local copy of the vendors' catalogues up to date."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.usecases.desk import Desk


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync did to one vendor's products."""

    provider: str
    seen: int
    written: int


def _no_one_watches(seen: int) -> None:
    """Progress that nobody shows."""


async def sync_catalogue(desk: Desk, progress: Callable[[int], None] = _no_one_watches) -> list[Synced]:
    """Read every vendor's products, a page and a transaction at a time; the vanished are marked at the end.

    Raises ProviderError; what was read until then stays.
    """
    results = []
    with desk.store.transaction():
        token = desk.store.catalogue.begin_sync()
    for provider in desk.providers.values():
        names = await provider.countries()
        with desk.store.transaction():
            desk.store.catalogue.put_countries(names)
        seen = written = 0
        async for page in provider.products():
            with desk.store.transaction():
                written += desk.store.catalogue.put(page, token).written
            seen += len(page)
            progress(seen)
        results.append(Synced(provider.name, seen, written))
    with desk.store.transaction():
        desk.store.catalogue.end_sync(token)
    return results
