"""Checks of the vendor side: login and wallets. Buys nothing."""

import asyncio
from collections.abc import AsyncIterator

from bot.check.findings import Finding, failed, ok, warn
from bot.config import Settings
from bot.domain.catalogue import Wallet
from bot.providers.contract import AccessDenied, ProviderError
from bot.providers.octopus import OctopusCards

_WITHIN_S = 20


async def check_vendor(settings: Settings) -> AsyncIterator[Finding]:
    octopus = OctopusCards(
        settings.octopus_base_url,
        settings.octopus_api_key.get_secret_value(),
        settings.octopus_api_secret.get_secret_value(),
    )
    try:
        async for finding in _check(octopus):
            yield finding
    finally:
        await octopus.aclose()


async def _check(octopus: OctopusCards) -> AsyncIterator[Finding]:
    reachable = "see whether OCTOPUS_BASE_URL answers from this machine"
    try:
        async with asyncio.timeout(_WITHIN_S):
            await octopus.check_login()
            wallets = await octopus.wallets()
    except AccessDenied as denied:
        yield failed("vendor login", str(denied), "see OCTOPUS_API_KEY, OCTOPUS_API_SECRET, OCTOPUS_BASE_URL")
    except ProviderError as failure:
        yield failed("vendor login", str(failure), reachable)
    except TimeoutError:
        yield failed("vendor login", f"no answer within {_WITHIN_S} s", reachable)
    else:
        yield ok("vendor login", f"{octopus.title} accepts the credentials")
        if not wallets:
            yield failed("wallets", "there is none, so nothing can be paid for", "ask the vendor to open one")
        for wallet in wallets:
            yield _wallet(wallet)


def _wallet(wallet: Wallet) -> Finding:
    balance = f"{wallet.wallet_id} ({wallet.kind.lower()}) has {wallet.balance}"
    if wallet.kind == "PREPAID" and wallet.balance.amount <= 0:
        return warn("wallet", balance, "top it up with the vendor before anybody orders from it")
    return ok("wallet", balance)
