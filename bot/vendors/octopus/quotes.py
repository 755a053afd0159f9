"""Octopus Cards' quotes: which amount is in which currency, and how it is rounded."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from bot.domain.catalogue import Wallet
from bot.domain.money import Money, rounded
from bot.domain.quotes import OrderTerms, Quote
from bot.kinds.gift_card import GiftCardLine
from bot.vendors.http.payloads import Count, Currency, Lenient, Number, parse_as
from bot.vendors.http.responses import MalformedResponse, Response
from bot.vendors.octopus.payloads import Payload


class FxPayload(Payload):
    source_currency: Lenient[Currency] = None  # the product's
    destination_currency: Lenient[Currency] = None  # the wallet's
    forex_rate: Lenient[Number] = None
    # Not used, because it is not documented whether this is an amount or a percentage.
    conversion_fee: Lenient[Number] = None


class ChargesPayload(Payload):
    total_payable: Annotated[Number, Field(ge=0)]
    non_discounted_total: Lenient[Number] = None
    discount_amount: Lenient[Number] = None
    total_amount: Lenient[Number] = None
    discount: Lenient[Number] = None
    gst_amount: Lenient[Number] = None
    max_quantity: Lenient[Count] = None
    net_amount: Lenient[Number] = None
    handling_fee_amount: Lenient[Number] = None
    charges_details: Lenient[FxPayload] = None

    def discounted(self, face_value: Decimal) -> tuple[Decimal, Decimal]:
        """Amount and percent. Some responses in the vendor's guides leave one of them out."""
        amount, percent = self.discount_amount, self.discount
        if amount is None:
            amount = face_value * (percent or 0) / 100
        if percent is None:
            percent = (amount * 100 / face_value).quantize(Decimal("0.01"))
        return amount, percent


def quote_of(
    response: Response, terms: OrderTerms[GiftCardLine], wallet: Wallet, quoted_at: datetime
) -> Quote:
    """The quote for these terms. Raises MalformedResponse, also if it is in other currencies."""
    charges = parse_as(ChargesPayload, response)
    fx = charges.charges_details or FxPayload()
    product_currency, wallet_currency = terms.line.denomination.currency, wallet.balance.currency
    if (fx.source_currency or product_currency, fx.destination_currency or wallet_currency) != (
        product_currency,
        wallet_currency,
    ):
        raise MalformedResponse(
            f"Octopus Cards quoted {fx.source_currency} to {fx.destination_currency} "
            f"instead of {product_currency} to {wallet_currency}.",
            request_id=response.request_id,
        )
    discount, percent = charges.discounted(terms.face_value.amount)
    return Quote(
        terms=terms,
        discount=Money(rounded(discount, product_currency), product_currency),
        discount_percent=percent,
        charge=Money(rounded(charges.total_payable, wallet_currency), wallet_currency),
        forex_rate=fx.forex_rate if product_currency != wallet_currency else None,
        fee=_some(charges.handling_fee_amount, wallet_currency),
        tax=_some(charges.gst_amount, product_currency),
        max_quantity=charges.max_quantity,
        wallet_balance=wallet.balance,
        quoted_at=quoted_at,
    )


def _some(amount: Decimal | None, currency: str) -> Money | None:
    return Money(rounded(amount, currency), currency) if amount else None
