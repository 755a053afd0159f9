"""Checks of each vendor that is set up: its key, its login and its wallets. Buys nothing."""

import asyncio
from collections.abc import AsyncIterator

from bot.check.findings import Finding, failed, ok, warn
from bot.config import BadSettings, CardPlusPaySettings, Settings, VendorSettings
from bot.domain.catalogue import Wallet
from bot.domain.policy import Policy
from bot.providers.contract import AccessDenied, Provider, ProviderError
from bot.vendors import open_vendor

_WITHIN_S = 20


async def check_vendors(settings: Settings, policy: Policy | None) -> AsyncIterator[Finding]:
    for vendor in settings.vendors:
        if policy and policy.vendor_forbidden(vendor.name):
            yield warn(
                vendor.title, "set up, and forbidden by the policy: nothing is bought there", _FORBIDDEN
            )
        try:
            provider = open_vendor(vendor)
        except BadSettings as bad:
            for problem in bad.problems:
                yield failed(f"{vendor.title} signing key", str(problem))
            continue
        if isinstance(vendor, CardPlusPaySettings):
            for finding in _of_cardpluspay(vendor):
                yield finding
        try:
            async for finding in _login_and_wallets(provider, vendor):
                yield finding
        finally:
            await provider.aclose()
    if policy and all(policy.vendor_forbidden(vendor.name) for vendor in settings.vendors):
        yield failed("vendors", "the policy forbids every one that is set up", _FORBIDDEN)


_FORBIDDEN = "edit [vendors] in the policy, or take the vendor's settings out"


def _of_cardpluspay(vendor: CardPlusPaySettings) -> list[Finding]:
    money = "every key spends real money" if vendor.environment == "live" else f"{vendor.host} is a stand-in"
    findings = [ok(f"{vendor.title} sandbox", f"the vendor documents none; {money}")]
    if vendor.signing_key:
        findings.append(ok(f"{vendor.title} signing key", f"{vendor.signing_key} is an RSA private key"))
    return findings


async def _login_and_wallets(provider: Provider, vendor: VendorSettings) -> AsyncIterator[Finding]:
    login, wallet = f"{vendor.title} login", f"{vendor.title} wallet"
    address = next(name for name in vendor.needed() if name.endswith("_BASE_URL"))
    reachable = f"see whether {address} answers from this machine"
    try:
        async with asyncio.timeout(_WITHIN_S):
            await provider.account()
            wallets = await provider.wallets()
    except AccessDenied as denied:
        yield failed(login, str(denied), f"see {', '.join(vendor.needed())}")
    except ProviderError as failure:
        yield failed(login, str(failure), reachable)
    except TimeoutError:
        yield failed(login, f"no answer within {_WITHIN_S} s", reachable)
    else:
        yield ok(login, "the credentials are accepted")
        if not wallets:
            yield failed(wallet, "there is none, so nothing can be paid for", "ask the vendor to open one")
        for each in wallets:
            yield _wallet(wallet, each)


def _wallet(item: str, wallet: Wallet) -> Finding:
    balance = f"{wallet.wallet_id} ({wallet.kind.lower()}) has {wallet.balance}"
    if wallet.kind == "PREPAID" and wallet.balance.amount <= 0:
        return warn(item, balance, "top it up with the vendor before anybody orders from it")
    return ok(item, balance)
