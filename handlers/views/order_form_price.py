"""The price in the order form: the quote with all its parts, or why there is none yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.catalogue import Wallet
from bot.domain.money import Money
from bot.domain.money import plain as plain_amount
from bot.domain.quotes import Quote
from handlers import ids
from handlers.views.blocks import Block, button, context, fields, section
from handlers.views.quotes import estimate
from handlers.views.text import cards, line, shown

_LONGEST_SENTENCE = 600


@dataclass(frozen=True, slots=True)
class Quoted:
    """A vendor's answer. `wallets` could pay; `warning` says why it cannot be bought like this, if so.

    `elsewhere`: what the same costs about at other vendors, by the names people know.
    """

    quote_id: int
    quote: Quote
    vendor: str
    wallets: tuple[Wallet, ...] = ()
    warning: str | None = None
    elsewhere: tuple[tuple[str, Money], ...] = ()


@dataclass(frozen=True, slots=True)
class NoPrice:
    """A sentence instead of a price. `trouble`: something is wrong. `ask_again`: trying again may help."""

    sentence: str
    trouble: bool = False
    ask_again: bool = False


Price = Quoted | NoPrice
ASKING = NoPrice("Asking for the price…")


def price_blocks(price: Price) -> list[Block]:
    return _quote(price) if isinstance(price, Quoted) else [_sentence(price)]


def _sentence(price: NoPrice) -> Block:
    mark = "⚠️" if price.trouble else "💳"
    block = section(f"{mark} {shown(price.sentence, _LONGEST_SENTENCE)}")
    if price.ask_again:
        block["accessory"] = button("Ask again", ids.ASK_FOR_PRICE)
    return block


def _quote(price: Quoted) -> list[Block]:
    quote = price.quote
    wallet = f"the {quote.charge.currency} wallet at {line(price.vendor)}"
    total = section(f"💳 *Total payable: {quote.charge}* from {wallet}")
    warning = [section(f"⚠️ {shown(price.warning, _LONGEST_SENTENCE)}")] if price.warning else []
    valid = context(estimate(quote, price.vendor, f"Estimate by {line(price.vendor)}"))
    elsewhere = [context(_elsewhere(price.elsewhere))] if price.elsewhere else []
    return [total, fields(charge_facts(quote)), *warning, valid, *elsewhere]


def _elsewhere(costs: Sequence[tuple[str, Money]]) -> str:
    about = " · ".join(f"about {cost} at {line(vendor)}" for vendor, cost in costs)
    return f"By the catalogue the same costs {about}. `/giftcard quote` asks all vendors."


def charge_facts(quote: Quote) -> list[tuple[str, str]]:
    """Every part of the charge, and what it leaves: (label, mrkdwn)."""
    each, quantity = quote.terms.denomination, quote.terms.quantity
    whole = f"{quote.face_value} ({cards(quantity)} of {each})" if quantity > 1 else str(each)
    parts = [("Face value", whole)]
    if quote.discount.amount:
        parts.append(("Discount", f"{quote.discount} ({plain_amount(quote.discount_percent)} %)"))
    else:
        parts.append(("Discount", "none"))
    if quote.forex_rate is not None:
        rate = f"1 {each.currency} = {plain_amount(quote.forex_rate)} {quote.charge.currency}"
        parts.append(("FX rate", rate))
    if quote.fee is not None:
        parts.append(("Fee", str(quote.fee)))
    if quote.tax is not None:
        parts.append(("Tax", str(quote.tax)))
    return [*parts, ("Wallet now", str(quote.wallet_balance)), ("Wallet after", str(quote.balance_after))]
