"""CardPlusPay as a Vendor."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from babel import Locale

from bot.domain.catalogue import Names, Wallet
from bot.domain.countries import ALPHA_2, country_name
from bot.domain.reconciliation import ListedOrder
from bot.kinds.gift_card import GIFT_CARD
from bot.vendors.cardpluspay import orders
from bot.vendors.cardpluspay.account import Account
from bot.vendors.cardpluspay.api import ApiClient, ApiRequest
from bot.vendors.cardpluspay.gift_cards import CardPlusPayGiftCards
from bot.vendors.cardpluspay.identity import CARDPLUSPAY
from bot.vendors.cardpluspay.pages import PAGE, pages
from bot.vendors.cardpluspay.rate_limit import CardPlusPayRateLimiter, QuotaClass
from bot.vendors.cardpluspay.signing import RequestSigner
from bot.vendors.contract import (
    SaveUnparsedResponse,
    Sells,
    UnparsedResponse,
    WalletStatement,
    discard_unparsed_response,
)
from bot.vendors.http.credentials import credentials_fingerprint
from bot.vendors.http.payloads import parse_each
from bot.vendors.http.responses import Response
from bot.vendors.http.transport import Timeouts, Transport
from bot.vendors.settings import host_of

_NEWEST_FIRST: dict[str, str | int] = {"per_page": PAGE, "sort_by": "created_at", "order": "desc"}
_IN_A_HEADER = re.compile(r"[\x21-\x7e]+")
_english = Locale("en")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class CardPlusPay:
    """See bot.vendors.contract.Vendor. `signing` is for accounts that have it switched on."""

    name = CARDPLUSPAY.name
    title = CARDPLUSPAY.title
    sends_recipient_email = False  # the vendor might send codes there

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        signing: RequestSigner | None = None,
        clock: Callable[[], datetime] = _utc_now,
        timeouts: Timeouts | None = None,
        rate_limiter: CardPlusPayRateLimiter | None = None,
    ) -> None:
        """Raises ValueError for a key that does not fit into a header. Spaces around it are ignored."""
        if not _IN_A_HEADER.fullmatch(api_key.strip()):
            raise ValueError(f"The key for {CARDPLUSPAY.title} has characters that cannot be sent.")
        self.host = host_of(base_url)
        self.save_unparsed_response: SaveUnparsedResponse = discard_unparsed_response
        self.credentials_fingerprint = credentials_fingerprint(api_key.strip())
        timeouts = timeouts or Timeouts()
        self._transport = Transport(CARDPLUSPAY, base_url, timeouts)
        self._api = ApiClient(
            self._transport,
            rate_limiter or CardPlusPayRateLimiter(),
            api_key.strip(),
            signing,
            timeouts.total_s,
        )
        self._account = Account(self._api)
        self.gift_cards = CardPlusPayGiftCards(self._api, self._account, self._save_unparsed, clock)

    @property
    def sells(self) -> Mapping[str, Sells[Any]]:
        return {GIFT_CARD: self.gift_cards}

    @property
    def wallet_statement(self) -> WalletStatement | None:
        return None

    async def account(self) -> str | None:
        return None

    async def wallets(self, *, timeout_s: float | None = None) -> list[Wallet]:
        return [await self._account.wallet(timeout_s)]

    async def names(self) -> Names:
        currency = await self._account.currency()
        return Names(
            countries={alpha_3: country_name(alpha_3) for alpha_3 in ALPHA_2},
            currencies={currency: _english.currencies.get(currency, currency)},
            categories=self.gift_cards.categories,
        )

    async def orders(self) -> AsyncIterator[list[ListedOrder]]:
        currency = await self._account.currency()
        async for page in pages(self._orders_page, orders.OrderPayload.key, to_the_end=True):
            payloads = parse_each(orders.OrderPayload, page.rows, page.request_id)
            yield [line for payload in payloads if (line := payload.listed(currency))]

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def _orders_page(self, page: int) -> Response:
        return await self._api.read(
            ApiRequest("GET", "/orders", QuotaClass.READ, _NEWEST_FIRST | {"page": page})
        )

    async def _save_unparsed(self, response: UnparsedResponse) -> None:
        await self.save_unparsed_response(response)  # which may be set after this client was made
