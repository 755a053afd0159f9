"""What our account holds, and what a card costs it now."""

from decimal import Decimal

import structlog

from bot.domain.catalogue import Wallet
from bot.domain.quotes import Terms
from bot.providers.cardpluspay.calls import Call, Calls
from bot.providers.cardpluspay.failures import INSUFFICIENT_FUNDS, OUT_OF_STOCK, REFUSED, SaidNo
from bot.providers.cardpluspay.pace import Lane
from bot.providers.cardpluspay.quotes import out_of_stock, price_of, wallet_of
from bot.providers.contract import ProviderError, Refused

log = structlog.get_logger()

LARGEST_ORDER = 100
_EXPLAINING_TAKES_S = 10.0  # at most, for each of two reads after a refusal


class Account:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._currency: str | None = None

    async def wallet(self, timeout_s: float | None = None) -> Wallet:
        wallet = wallet_of(await self._calls.read(Call("GET", "/balance", Lane.READ), timeout_s))
        self._currency = wallet.balance.currency
        return wallet

    async def currency(self) -> str:
        """What everything is charged in: as the balance said last."""
        return self._currency or (await self.wallet()).balance.currency

    async def price(self, item_code: str, quantity: int, timeout_s: float | None = None) -> Decimal:
        """Of one card, by a stock check: for more than one order may have, a check of as many as that.

        Raises Refused, with OUT_OF_STOCK where there are fewer.
        """
        quantity = min(quantity, LARGEST_ORDER)
        call = Call("POST", "/orders/check", Lane.CHECK, fields={"item_id": item_code, "quantity": quantity})
        try:
            return price_of(await self._calls.read(call, timeout_s), quantity)
        except SaidNo as no:
            raise out_of_stock(quantity, str(no), request_id=no.request_id) from None
        except Refused as refusal:
            if refusal.status != 400 or refusal.code == OUT_OF_STOCK:
                raise
            raise out_of_stock(quantity, str(refusal), request_id=refusal.request_id) from None

    async def explained(self, refusal: Refused, terms: Terms) -> Refused:
        """Too little money and too few cards are the same answer: the stock and the balance tell which."""
        code = REFUSED
        try:
            price = await self.price(terms.product_id, terms.quantity, _EXPLAINING_TAKES_S)
            wallet = await self.wallet(_EXPLAINING_TAKES_S)
            if price * terms.quantity > wallet.balance.amount:
                code = INSUFFICIENT_FUNDS
        except Refused as no:
            code = OUT_OF_STOCK if no.code == OUT_OF_STOCK else REFUSED
        except ProviderError as silence:
            log.warning("refusal_not_explained", why=str(silence), request_id=silence.request_id)
        return Refused(
            str(refusal),
            code=code,
            status=refusal.status,
            request_id=refusal.request_id,
            in_doubt=refusal.in_doubt,
        )
