"""Checks of each vendor that is set up: its key, its login and its wallets. Buys nothing."""

import asyncio
from collections.abc import AsyncIterator

from bot.config import CardPlusPaySettings, InvalidSettings, Settings, VendorSettings
from bot.domain.catalogue import Wallet
from bot.domain.policy import Policy
from bot.ops.check.results import CheckResult, failed, ok, warn
from bot.vendors.contract import AccessDenied, Vendor, VendorError
from bot.vendors.registry import open_vendor

_WITHIN_S = 20


async def check_vendors(settings: Settings, policy: Policy | None) -> AsyncIterator[CheckResult]:
    for vendor_settings in settings.vendors:
        if policy and vendor_settings.name in policy.vendors.forbidden:
            yield warn(
                vendor_settings.title,
                "set up, and forbidden by the policy: nothing is bought there",
                _FORBIDDEN,
            )
        try:
            vendor = open_vendor(vendor_settings)
        except InvalidSettings as error:
            for problem in error.problems:
                yield failed(f"{vendor_settings.title} signing key", str(problem))
            continue
        if isinstance(vendor_settings, CardPlusPaySettings):
            for finding in _of_cardpluspay(vendor_settings):
                yield finding
        try:
            async for finding in _login_and_wallets(vendor, vendor_settings):
                yield finding
        finally:
            await vendor.aclose()
    if policy and all(
        vendor_settings.name in policy.vendors.forbidden for vendor_settings in settings.vendors
    ):
        yield failed("vendors", "the policy forbids every one that is set up", _FORBIDDEN)


_FORBIDDEN = "edit [vendors] in the policy, or take the vendor's settings out"


def _of_cardpluspay(vendor_settings: CardPlusPaySettings) -> list[CheckResult]:
    money = (
        "every key spends real money"
        if vendor_settings.environment == "live"
        else f"{vendor_settings.host} is a stand-in"
    )
    findings = [ok(f"{vendor_settings.title} sandbox", f"the vendor documents none; {money}")]
    if vendor_settings.signing_key:
        findings.append(
            ok(f"{vendor_settings.title} signing key", f"{vendor_settings.signing_key} is an RSA private key")
        )
    return findings


async def _login_and_wallets(vendor: Vendor, vendor_settings: VendorSettings) -> AsyncIterator[CheckResult]:
    login, wallet = f"{vendor_settings.title} login", f"{vendor_settings.title} wallet"
    address = next(name for name in vendor_settings.needed() if name.endswith("_BASE_URL"))
    reachable = f"see whether {address} answers from this machine"
    try:
        async with asyncio.timeout(_WITHIN_S):
            await vendor.account()
            wallets = await vendor.wallets()
    except AccessDenied as error:
        yield failed(login, str(error), f"see {', '.join(vendor_settings.needed())}")
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
