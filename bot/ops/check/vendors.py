"""Checks of each vendor that is set up: its key, its login and its wallets. Buys nothing."""

import asyncio
from collections.abc import AsyncIterator

from bot.config import Settings
from bot.domain.catalogue import Wallet
from bot.domain.policy import Policy
from bot.ops.check.results import CheckResult, failed, ok, warn
from bot.vendors.contract import AccessDenied, Vendor, VendorError
from bot.vendors.plugin import VendorPlugin
from bot.vendors.settings import UnusableSetting

_WITHIN_S = 20
_FORBIDDEN = "edit [vendors] in the policy, or take the vendor's settings out"


async def check_vendors(settings: Settings, policy: Policy | None) -> AsyncIterator[CheckResult]:
    for plugin in settings.vendors:
        if policy and plugin.name in policy.vendors.forbidden:
            yield warn(
                plugin.title, "set up, and forbidden by the policy: nothing is bought there", _FORBIDDEN
            )
        async for result in _check_vendor(plugin):
            yield result
    if policy and all(plugin.name in policy.vendors.forbidden for plugin in settings.vendors):
        yield failed("vendors", "the policy forbids every one that is set up", _FORBIDDEN)


async def _check_vendor(plugin: VendorPlugin) -> AsyncIterator[CheckResult]:
    try:
        vendor = plugin.open_client()
    except UnusableSetting as error:
        setting = error.variable.removeprefix(plugin.prefix()).replace("_", " ").lower()
        yield failed(f"{plugin.title} {setting}", str(error))
        return
    for note in plugin.check_notes():
        item = f"{plugin.title} {note.item}"
        yield warn(item, note.what, note.hint) if note.hint else ok(item, note.what)
    try:
        async for result in _login_and_wallets(vendor, plugin):
            yield result
    finally:
        await vendor.aclose()


async def _login_and_wallets(vendor: Vendor, plugin: VendorPlugin) -> AsyncIterator[CheckResult]:
    login, wallet = f"{plugin.title} login", f"{plugin.title} wallet"
    address = next(name for name in plugin.needed() if name.endswith("_BASE_URL"))
    reachable = f"see whether {address} answers from this machine"
    try:
        async with asyncio.timeout(_WITHIN_S):
            await vendor.account()
            wallets = await vendor.wallets()
    except AccessDenied as error:
        yield failed(login, str(error), f"see {', '.join(plugin.needed())}")
    except VendorError as error:
        yield failed(login, str(error), reachable)
    except TimeoutError:
        yield failed(login, f"no answer within {_WITHIN_S} s", reachable)
    else:
        yield ok(login, "the credentials are accepted")
        if not wallets:
            yield failed(wallet, "there is none, so nothing can be paid for", "ask the vendor to open one")
        for each in wallets:
            yield _wallet(wallet, each)


def _wallet(item: str, wallet: Wallet) -> CheckResult:
    balance = f"{wallet.wallet_id} ({wallet.kind.lower()}) has {wallet.balance}"
    if wallet.kind == "PREPAID" and wallet.balance.amount <= 0:
        return warn(item, balance, "top it up with the vendor before anybody orders from it")
    return ok(item, balance)
