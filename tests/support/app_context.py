"""What use cases work with, over a database of the test's own."""

import shutil
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.domain.policy import Policy
from bot.services.context import AppContext
from bot.services.purchase.save_unparsed_response import save_unparsed_response
from bot.services.sync_catalogue import sync_catalogue
from bot.vendors.contract import Vendor
from tests.support.database import open_store


async def context_with_catalogue(
    catalogue: Path, path: Path, clock: Callable[[], datetime], *vendors: Vendor, **rules: Any
) -> AppContext:
    """A context with the vendors' catalogues. Only the first one reads them, into `catalogue`."""
    if not catalogue.exists():
        ctx = opened_context(catalogue, clock, *vendors, **rules)
        await sync_catalogue(ctx)
        ctx.store.close()
    shutil.copyfile(catalogue, path)
    return opened_context(path, clock, *vendors, **rules)


def opened_context(path: Path, clock: Callable[[], datetime], *vendors: Vendor, **rules: Any) -> AppContext:
    """As `bot.app` puts it together. `rules` are further sections of the policy."""
    policy = {"requesters": {"groups": ["S0AGENTS", "S0LEADS"]}, "approvers": {"groups": ["S0LEADS"]}}
    ctx = AppContext(
        store=open_store(path, clock=clock),
        vendors={vendor.name: vendor for vendor in vendors},
        policy=Policy.model_validate(policy | rules),
        environment="sandbox",
        clock=clock,
    )
    for vendor in vendors:
        vendor.save_unparsed_response = partial(save_unparsed_response, ctx)
    return ctx
