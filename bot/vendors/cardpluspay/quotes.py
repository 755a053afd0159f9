"""Quotes, made of the unit price of a stock check and the balance."""

from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.catalogue import Wallet
from bot.domain.money import Money, rounded
from bot.domain.quotes import OrderTerms, Quote
from bot.kinds.gift_card import GiftCardLine
from bot.vendors.cardpluspay.errors import OUT_OF_STOCK, TITLE
from bot.vendors.cardpluspay.identity import CARDPLUSPAY
from bot.vendors.cardpluspay.payloads import BalancePayload, StockPayload
from bot.vendors.contract import Refused
from bot.vendors.http.payloads import parse_as
from bot.vendors.http.responses import MalformedResponse, Response

WALLET_ID = "balance"  # there is only one


def wallet_of(response: Response) -> Wallet:
    account = parse_as(BalancePayload, response)
    balance = Money(rounded(account.balance, account.currency), account.currency)
    return Wallet(CARDPLUSPAY.name, WALLET_ID, balance, "PREPAID")


def price_of(response: Response, quantity: int) -> Decimal:
    """Of one card. Raises Refused if it is out of stock, MalformedResponse if there is no price."""
    stock = parse_as(StockPayload, response)
    if not stock.status:
        raise out_of_stock(quantity, request_id=response.request_id)
    if stock.price is None or stock.price <= 0:
        raise MalformedResponse(
            f"{TITLE} has it in stock and does not say at what price.", request_id=response.request_id
        )
    return stock.price


def out_of_stock(quantity: int, why: str = "", *, request_id: str | None) -> Refused:
    return Refused(
        f"{TITLE} does not have {quantity} of this card in stock. {why}".strip(),
        code=OUT_OF_STOCK,
        status=400,
        request_id=request_id,
    )


def quote_of(price: Decimal, terms: OrderTerms[GiftCardLine], wallet: Wallet, quoted_at: datetime) -> Quote:
    """Raises Refused for a card in another currency than the account's: the conversion is not documented.

    Charge = face value - discount + fee. Either the discount or the fee is zero.
    """
    currency = wallet.balance.currency
    card = terms.line.denomination.currency
    if card != currency:
        raise Refused(
            f"{TITLE} does not say in which currency it charges a {card} card to our {currency} account, "
            "so we do not buy it there.",
            code="OTHER_CURRENCY",
            status=400,
        )
    charge = Money(rounded(price * terms.line.quantity, currency), currency)
    off = terms.face_value - charge
    nothing = Money(rounded(Decimal(0), currency), currency)
    return Quote(
        terms=terms,
        discount=max(off, nothing, key=lambda money: money.amount),
        discount_percent=(max(off.amount, Decimal(0)) * 100 / terms.face_value.amount).quantize(
            Decimal("0.01")
        ),
        charge=charge,
        forex_rate=None,
        fee=nothing - off if off.amount < 0 else None,
        tax=None,
        max_quantity=None,
        wallet_balance=wallet.balance,
        quoted_at=quoted_at,
        life=timedelta(0),  # a stock check reserves nothing
    )
