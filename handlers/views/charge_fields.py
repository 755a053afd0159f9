"""The parts of a charge as fields, (label, mrkdwn): for the form, for quotes and for orders."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from bot.domain.lines import Line
from bot.domain.money import Money, plain
from bot.domain.orders import Order
from bot.domain.quotes import Quote
from handlers.kinds import KIND_VIEWS

Field = tuple[str, str]


class Charged(Protocol):
    """A quote, or an order that was quoted."""

    @property
    def face_value(self) -> Money: ...
    @property
    def forex_rate(self) -> Decimal | None: ...
    @property
    def fee(self) -> Money | None: ...
    @property
    def charge(self) -> Money: ...


def form_fields(quote: Quote) -> list[Field]:
    """The charge itself stands above them."""
    line = quote.terms.line
    units = KIND_VIEWS[line.kind].units(line.units)
    of_each = f" ({units} of {line.unit_value})" if line.units > 1 else ""
    face_value = f"{quote.face_value}{of_each}"
    return [
        ("Face value", face_value),
        *(_discount(quote) or [("Discount", "none")]),
        *_conversion(quote),
        *_tax(quote),
        *_of_kind(quote.terms.line, quote.charge_details),
        *_wallet(quote),
    ]


def quote_fields(quote: Quote) -> list[Field]:
    return [
        ("Face value", str(quote.face_value)),
        *_discount(quote),
        *_conversion(quote),
        *_tax(quote),
        *_of_kind(quote.terms.line, quote.charge_details),
        _charge(quote),
        *_wallet(quote),
    ]


def order_fields(order: Order, at_vendor: str) -> list[Field]:
    """The charge first, and who is paid from which wallet."""
    warning = " ⚠️ below zero" if order.balance_after.amount < 0 else ""
    return [
        _charge(order),
        ("Face value", str(order.face_value)),
        *([("Discount", str(order.discount))] if order.discount.amount else []),
        *_conversion(order),
        *_of_kind(order.terms.line, order.charge_details),
        ("Paid from", f"{order.charge.currency} wallet{at_vendor}"),
        ("Wallet after", f"{order.balance_after}{warning}"),
    ]


def _of_kind(line: Line, details: Mapping[str, str]) -> list[Field]:
    return [*KIND_VIEWS[line.kind].charge_fields(details)]


def _charge(charged: Charged) -> Field:
    return ("Charge", f"*{charged.charge}*")


def _discount(quote: Quote) -> list[Field]:
    if not quote.discount.amount:
        return []
    return [("Discount", f"{quote.discount} ({plain(quote.discount_percent)} %)")]


def _conversion(charged: Charged) -> list[Field]:
    rate, fee = charged.forex_rate, charged.fee
    pair = (
        f"1 {charged.face_value.currency} = {plain(rate)} {charged.charge.currency}"
        if rate is not None
        else ""
    )
    return [*([("FX rate", pair)] if pair else []), *([("Fee", str(fee))] if fee is not None else [])]


def _tax(quote: Quote) -> list[Field]:
    return [("Tax", str(quote.tax))] if quote.tax is not None else []


def _wallet(quote: Quote) -> list[Field]:
    return [("Wallet now", str(quote.wallet_balance)), ("Wallet after", str(quote.balance_after))]
