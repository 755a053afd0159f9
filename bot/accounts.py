"""Whose vendor account and Slack workspace the database's orders belong to: never another one's half-way.

An order that is under way at one account would not be found at another, and be bought there again.
"""

import asyncio

import structlog

from bot.config import ConfigError
from bot.domain.orders import FINAL, OrderState
from bot.domain.people import Component
from bot.providers.contract import Provider, ProviderError, Refused
from bot.usecases.desk import Desk

log = structlog.get_logger(__name__)
STARTER = Component("bot")
_UNDER_WAY = [state for state in OrderState if state not in FINAL]
_PERHAPS_BOUGHT = [state for state in _UNDER_WAY if state is not OrderState.WAITING]
_TRY_AGAIN_AFTER_S = 5.0
_NAMED_AT_MOST = 3


class AnotherAccount(ConfigError):
    """Orders are under way at an account that the settings no longer lead to."""


def keep_workspace(desk: Desk, team_id: str) -> None:
    """Raises AnotherAccount."""
    _keep(desk, "slack_team", team_id, what="Slack workspace")


async def keep_accounts(desk: Desk) -> None:
    """Once for each vendor that lets us in. Raises AnotherAccount."""
    for provider in desk.providers.values():
        try:
            await _keep_account(desk, provider)
        except ProviderError as failure:
            # Nothing can be done at this one anyway, and the others are none of its business.
            log.warning("vendor_account_not_known", provider=provider.name, why=str(failure))


async def keep_account_when_known(desk: Desk, provider: Provider) -> None:
    """However long that vendor takes to let us in. Raises AnotherAccount."""
    while True:
        try:
            return await _keep_account(desk, provider)
        except ProviderError as failure:
            log.warning("vendor_account_not_known_yet", provider=provider.name, why=str(failure))
        await asyncio.sleep(_TRY_AGAIN_AFTER_S)


async def _keep_account(desk: Desk, provider: Provider) -> None:
    # The host first: an unfinished order must not wait for a login at the wrong place to be refused.
    name, title = provider.name, provider.title
    _keep(desk, f"{name}_host", provider.host, what=f"{title} host", provider=name)
    number = await provider.account()
    if number is not None:
        _keep(desk, f"{name}_account", number, what=f"{title} account", provider=name)
    else:
        await _keep_login(desk, provider)


async def _keep_login(desk: Desk, provider: Provider) -> None:
    """Where accounts have no number: a new key has to read an order of ours while others are under way.

    Raises AnotherAccount, and ProviderError.
    """
    name = f"{provider.name}_login"
    before = desk.store.facts.get(name)
    if before == provider.login_mark:
        return
    orders = desk.store.orders.in_states(_PERHAPS_BOUGHT, limit=1, provider=provider.name)
    if before is not None and orders and not await _opens_our_account(desk, provider):
        raise AnotherAccount(
            f"{orders[0].client_reference} is under way with {provider.title}, and nothing shows that the "
            "key in the settings opens the account it is at: elsewhere it would not be found, and be bought "
            "again. Put the earlier key back until every order is closed, or give GIFTCARD_DB another path."
        )
    with desk.transaction():
        desk.store.facts.set(name, provider.login_mark)
        if before is not None:
            details = {"what": f"{provider.title} key"}
            desk.store.audit.write(actor=STARTER, action="key_changed", details=details)


async def _opens_our_account(desk: Desk, provider: Provider) -> bool:
    """A vendor shows nobody another account's orders. Without an order to try, nothing proves it."""
    number = desk.store.orders.latest_number(provider.name)
    try:
        return number is not None and bool(await provider.fetch(number))
    except Refused as refusal:
        if not refusal.not_found:
            raise
        return False


def _keep(desk: Desk, name: str, now: str, *, what: str, provider: str | None = None) -> None:
    """`provider`: only orders of that vendor are concerned."""
    before = desk.store.facts.get(name)
    if before == now:
        return
    under_way = desk.store.orders.in_states(_UNDER_WAY, limit=_NAMED_AT_MOST + 1, provider=provider)
    if before is not None and (orders := under_way):
        named = [order.client_reference for order in orders[:_NAMED_AT_MOST]]
        more = " and more" if len(orders) > _NAMED_AT_MOST else ""
        raise AnotherAccount(
            f"{', '.join(named)}{more} in this database are under way with the {what} {before}, and the "
            f"settings lead to {now}: there they would not be found, and be bought again. "
            "Put the earlier settings back until every order is closed, or give GIFTCARD_DB another path."
        )
    with desk.transaction():
        desk.store.facts.set(name, now)
        if before is not None:
            details = {"what": what, "before": before, "now": now}
            desk.store.audit.write(actor=STARTER, action="account_changed", details=details)
