"""Octopus Cards as a Vendor."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bot.domain.catalogue import Names, Wallet
from bot.domain.money import Money, rounded
from bot.domain.reconciliation import ListedOrder
from bot.domain.wallet_transactions import WalletTransaction
from bot.kinds.gift_card import GIFT_CARD
from bot.vendors.contract import (
    SaveUnparsedResponse,
    Sells,
    UnparsedResponse,
    WalletStatement,
    discard_unparsed_response,
)
from bot.vendors.http.concurrency import gather_both
from bot.vendors.http.credentials import credentials_fingerprint
from bot.vendors.http.identifiers import number
from bot.vendors.http.transport import Timeouts, Transport
from bot.vendors.octopus import orders
from bot.vendors.octopus.api import ApiClient, ApiRequest
from bot.vendors.octopus.auth import TokenManager
from bot.vendors.octopus.catalogue import WalletPayload
from bot.vendors.octopus.gift_cards import OctopusGiftCards
from bot.vendors.octopus.identity import OCTOPUS, new_request_id
from bot.vendors.octopus.pages import pages
from bot.vendors.octopus.payloads import parse_each
from bot.vendors.octopus.rate_limit import OctopusRateLimiter, QuotaClass
from bot.vendors.octopus.reference_data import ReferenceData
from bot.vendors.octopus.wallet_transactions import TransactionPayload
from bot.vendors.settings import host_of

_STATEMENT_PAGE = 500  # of 10,000 allowed, because what we look for is nearly always recent
_ORDERS_PAGE = 100  # few, because lists show all vouchers masked, and responses have a size limit
_number = partial(number, OCTOPUS)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class OctopusCards:
    """See bot.vendors.contract.Vendor. `clock` returns UTC; tokens expire by it, too."""

    name = OCTOPUS.name
    title = OCTOPUS.title
    sends_recipient_email = True

    def __init__(
        self,
        base_url: str,
        api_key: str,
        api_secret: str,
        *,
        clock: Callable[[], datetime] = _utc_now,
        timeouts: Timeouts | None = None,
        rate_limiter: OctopusRateLimiter | None = None,
    ) -> None:
        self.host = host_of(base_url)
        self.save_unparsed_response: SaveUnparsedResponse = discard_unparsed_response
        self.credentials_fingerprint = credentials_fingerprint(api_key)
        timeouts, rate_limiter = timeouts or Timeouts(), rate_limiter or OctopusRateLimiter()
        self._transport = Transport(OCTOPUS, base_url, timeouts, new_request_id=new_request_id)
        self._token_manager = TokenManager(
            self._transport, rate_limiter, api_key, api_secret, clock=clock, login_timeout_s=timeouts.total_s
        )
        self._api = ApiClient(self._transport, self._token_manager, rate_limiter, timeouts.total_s)
        self._reference_data = ReferenceData(self._api.get, clock)
        self.gift_cards = OctopusGiftCards(self._api, self, self._save_unparsed, clock)

    @property
    def sells(self) -> Mapping[str, Sells[Any]]:
        return {GIFT_CARD: self.gift_cards}

    @property
    def wallet_statement(self) -> WalletStatement:
        return self

    async def account(self) -> str | None:
        return await self._token_manager.client_id()

    async def wallets(self, *, timeout_s: float | None = None) -> list[Wallet]:
        response, currencies = await gather_both(
            self._api.read(ApiRequest("GET", "/api/v1/wallets", QuotaClass.READ), timeout_s),
            self.currencies(timeout_s=timeout_s),
        )
        wallets = []
        for payload in parse_each(WalletPayload, response):
            if not self._reference_data.has_currency(payload.currency_id, currencies):
                continue
            currency = currencies[payload.currency_id]
            balance = Money(rounded(payload.amount, currency), currency)
            wallets.append(Wallet(self.name, payload.id, balance, payload.type or "PREPAID"))
        return wallets

    async def wallet_transactions(
        self, wallet_id: str | None = None
    ) -> AsyncIterator[list[WalletTransaction]]:
        of_wallet = {} if wallet_id is None else {"wallet_id": _number(wallet_id)}
        async for _, payloads in pages(
            self._api.get, "/transactions", TransactionPayload, _STATEMENT_PAGE, **of_wallet
        ):
            currencies = await self.currencies()
            yield [
                payload.wallet_transaction(self.name, currencies[payload.currency_id])
                for payload in payloads
                if self._reference_data.has_currency(payload.currency_id, currencies)
            ]

    async def currencies(self, *, timeout_s: float | None = None) -> dict[str, str]:
        """ISO 4217 codes by the vendor's currency id, at most a day old."""
        return await self._reference_data.currencies(timeout_s=timeout_s)

    async def names(self) -> Names:
        return await self._reference_data.names()

    async def orders(self) -> AsyncIterator[list[ListedOrder]]:
        async for _, payloads in pages(self._api.get, "/orders", orders.OrderPayload, _ORDERS_PAGE):
            yield [listed for payload in payloads if (listed := payload.listed())]

    async def aclose(self) -> None:
        await self._token_manager.aclose()
        await self._transport.aclose()

    async def _save_unparsed(self, response: UnparsedResponse) -> None:
        await self.save_unparsed_response(response)  # which may be set after this client was made
