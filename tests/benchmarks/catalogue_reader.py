"""A process that reads the catalogue in one way and prints seconds and peak memory as JSON."""

import asyncio
import json
import resource
import sys
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from bot.domain.policy import Policy
from bot.services.context import AppContext
from bot.services.sync_catalogue import sync_catalogue
from bot.vendors.octopus.client import OctopusCards
from bot.vendors.octopus.rate_limit import OctopusRateLimiter, QuotaClass
from store import Keyring, Store

KEY = urlsafe_b64encode(b"nothing is kept secret here".ljust(32)).decode()
POLICY = {"requesters": {"users": ["U0AGENT"]}, "approvers": {"users": ["U0LEAD"]}}


async def only_fetch(vendor: OctopusCards, _: Path) -> None:
    """The baseline: every page read and understood, nothing kept."""
    async for _page in vendor.gift_cards.products():
        pass


async def sync(vendor: OctopusCards, database: Path) -> None:
    store = Store.open(database, Keyring([KEY]))
    ctx = AppContext(
        store, {vendor.name: vendor}, Policy.model_validate(POLICY), "sandbox", lambda: datetime.now(UTC)
    )
    try:
        await sync_catalogue(ctx)
    finally:
        store.close()


WAYS: dict[str, Callable[[OctopusCards, Path], Awaitable[None]]] = {"fetch": only_fetch, "sync": sync}


async def _measure(way: str, base_url: str, key: str, secret: str, database: Path) -> float:
    # The vendor's limits would measure its patience instead of our work.
    vendor = OctopusCards(
        base_url, key, secret, rate_limiter=OctopusRateLimiter(dict.fromkeys(QuotaClass, 1_000_000))
    )
    try:
        await vendor.account()
        began = perf_counter()
        await WAYS[way](vendor, database)
        return perf_counter() - began
    finally:
        await vendor.aclose()


if __name__ == "__main__":
    way, base_url, key, secret, database = sys.argv[1:]
    seconds = asyncio.run(_measure(way, base_url, key, secret, Path(database)))
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(json.dumps({"seconds": seconds, "peak_mib": peak_kib / 1024}))
