"""The balance of our account, and the current price of a card."""

from decimal import Decimal

import structlog

from bot.domain.catalogue import Wallet
from bot.domain.quotes import OrderTerms
from bot.kinds.gift_card import GiftCardLine
from bot.vendors.cardpluspay.api import ApiClient, ApiRequest
from bot.vendors.cardpluspay.errors import INSUFFICIENT_FUNDS, OUT_OF_STOCK, REFUSED, UnsuccessfulResponse
from bot.vendors.cardpluspay.quotes import out_of_stock, price_of, wallet_of
from bot.vendors.cardpluspay.rate_limit import QuotaClass
from bot.vendors.contract import Refused, VendorError

log = structlog.get_logger()

MAX_ORDER_QUANTITY = 100
_CLASSIFY_TIMEOUT_S = 10.0  # for each of the two reads after a refusal


class Account:
    def __init__(self, api: ApiClient) -> None:
        self._api = api
        self._currency: str | None = None

    async def wallet(self, timeout_s: float | None = None) -> Wallet:
        wallet = wallet_of(await self._api.read(ApiRequest("GET", "/balance", QuotaClass.READ), timeout_s))
        self._currency = wallet.balance.currency
        return wallet

    async def currency(self) -> str:
        """The currency of the account, in which everything is charged."""
        return self._currency or (await self.wallet()).balance.currency

    async def price(self, item_code: str, quantity: int, timeout_s: float | None = None) -> Decimal:
        """Of one card, from a stock check for as many cards as one order may have.

        Raises Refused, with OUT_OF_STOCK if there are fewer.
        """
        quantity = min(quantity, MAX_ORDER_QUANTITY)
        request = ApiRequest(
            "POST", "/orders/check", QuotaClass.CHECK, fields={"item_id": item_code, "quantity": quantity}
        )
        try:
            return price_of(await self._api.read(request, timeout_s), quantity)
        except UnsuccessfulResponse as error:
            raise out_of_stock(quantity, str(error), request_id=error.request_id) from None
        except Refused as error:
            if error.status != 400 or error.code == OUT_OF_STOCK:
                raise
            raise out_of_stock(quantity, str(error), request_id=error.request_id) from None

    async def classify_refusal(self, refusal: Refused, terms: OrderTerms[GiftCardLine]) -> Refused:
        """The vendor answers the same for no money and no stock: stock and balance tell which it was."""
        code = REFUSED
        try:
            price = await self.price(terms.line.product_id, terms.line.quantity, _CLASSIFY_TIMEOUT_S)
            wallet = await self.wallet(_CLASSIFY_TIMEOUT_S)
            if price * terms.line.quantity > wallet.balance.amount:
                code = INSUFFICIENT_FUNDS
        except Refused as error:
            code = OUT_OF_STOCK if error.code == OUT_OF_STOCK else REFUSED
        except VendorError as error:
            log.warning("refusal_not_classified", why=str(error), request_id=error.request_id)
        return Refused(
            str(refusal),
            code=code,
            status=refusal.status,
            request_id=refusal.request_id,
            may_have_purchased=refusal.may_have_purchased,
        )
