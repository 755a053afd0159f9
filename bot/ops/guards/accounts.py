"""No start with another vendor account or Slack workspace while orders are under way.

An order that is under way at one account would not be found at another, and would be bought there again.
"""

import asyncio
from collections.abc import Mapping

import structlog

from bot.config import ConfigError
from bot.domain.audit_actions import AuditAction
from bot.domain.lifecycle import AWAITING_DECISION, OPEN
from bot.domain.people import Component
from bot.services.context import AppContext
from bot.vendors.contract import Refused, Vendor, VendorError
from store import JSON, Transaction
from store.scope import ACCOUNT, LOGIN, WORKSPACE

log = structlog.get_logger(__name__)
STARTUP = Component("bot")
_PERHAPS_BOUGHT = OPEN - AWAITING_DECISION
_TRY_AGAIN_AFTER_S = 5.0
_NAMED_AT_MOST = 3


class AccountMismatch(ConfigError):
    """Orders are under way at another account than that of the settings."""


async def check_workspace(ctx: AppContext, team_id: str) -> None:
    """Raises AccountMismatch."""
    await _keep(ctx, WORKSPACE, team_id, what="Slack workspace")


async def check_accounts(ctx: AppContext) -> None:
    """Check every vendor once; one that does not answer is skipped. Raises AccountMismatch."""
    for vendor in ctx.vendors.values():
        try:
            await _keep_account(ctx, vendor)
        except VendorError as error:
            # Nothing can be bought at this vendor anyway, and the others need not wait for it.
            log.warning("vendor_account_not_known", vendor=vendor.name, why=str(error))


async def check_account_when_reachable(ctx: AppContext, vendor: Vendor) -> None:
    """Try until the vendor answers. Raises AccountMismatch."""
    while True:
        try:
            return await _keep_account(ctx, vendor)
        except VendorError as error:
            log.warning("vendor_account_not_known_yet", vendor=vendor.name, why=str(error))
        await asyncio.sleep(_TRY_AGAIN_AFTER_S)


async def _keep_account(ctx: AppContext, vendor: Vendor) -> None:
    # The host first: at a wrong host the login may fail for ever, and the mismatch would not be reported.
    name, title = vendor.name, vendor.title
    await _keep(ctx, f"{name}_host", vendor.host, what=f"{title} host", vendor=name)
    number = await vendor.account()
    if number is not None:
        await _keep(ctx, f"{name}{ACCOUNT}", number, what=f"{title} account", vendor=name)
    else:
        await _keep_login(ctx, vendor)


async def _keep_login(ctx: AppContext, vendor: Vendor) -> None:
    """For vendors without account numbers: a new key must read an order of ours while orders are under way.

    Raises AccountMismatch and VendorError.
    """
    name = f"{vendor.name}{LOGIN}"
    before = await ctx.read(lambda tx: tx.key_values.get(name))
    if before == vendor.credentials_fingerprint:
        return
    orders = await ctx.read(lambda tx: tx.purchases.in_states(_PERHAPS_BOUGHT, vendor=vendor.name, limit=1))
    if before is not None and orders and not await _opens_our_account(ctx, vendor):
        raise AccountMismatch(
            f"{orders[0].client_reference} is under way with {vendor.title}, and nothing shows that the "
            "key in the settings opens the account it is at: elsewhere it would not be found, and be bought "
            "again. Put the earlier key back until every order is closed, or give GIFTCARD_DB another path."
        )
    await _note(
        ctx, name, vendor.credentials_fingerprint, AuditAction.KEY_CHANGED, {"what": f"{vendor.title} key"}
    )


async def _opens_our_account(ctx: AppContext, vendor: Vendor) -> bool:
    """A key reads only orders of its own account. Without an order to read there is no proof."""
    order = await ctx.read(lambda tx: tx.purchases.latest_with_vendor_order_id(vendor.name))
    if order is None or order.vendor_order_id is None:
        return False
    try:
        return bool(await ctx.sells(order.terms).fetch(order.vendor_order_id))
    except Refused as error:
        if not error.not_found:
            raise
        return False


async def _keep(ctx: AppContext, name: str, now: str, *, what: str, vendor: str | None = None) -> None:
    """`vendor`: check only orders of this vendor."""
    before = await ctx.read(lambda tx: tx.key_values.get(name))
    if before == now:
        return
    under_way = await ctx.read(
        lambda tx: tx.purchases.in_states(OPEN, vendor=vendor, limit=_NAMED_AT_MOST + 1)
    )
    if before is not None and under_way:
        named = [order.client_reference for order in under_way[:_NAMED_AT_MOST]]
        more = " and more" if len(under_way) > _NAMED_AT_MOST else ""
        raise AccountMismatch(
            f"{', '.join(named)}{more} in this database are under way with the {what} {before}, and the "
            f"settings lead to {now}: there they would not be found, and be bought again. "
            "Put the earlier settings back until every order is closed, or give GIFTCARD_DB another path."
        )
    details = {"what": what, "before": before, "now": now}
    await _note(ctx, name, now, AuditAction.ACCOUNT_CHANGED, details)


async def _note(
    ctx: AppContext, name: str, now: str, change: AuditAction, details: Mapping[str, JSON]
) -> None:
    """That it is so now, and, where it was otherwise, that it changed."""

    def note(tx: Transaction) -> None:
        if tx.key_values.get(name) is not None:
            tx.audit.write(actor=STARTUP, action=change, details=details)
        tx.key_values.set(name, now)

    await ctx.write(note)
    ctx.store.rescope()
