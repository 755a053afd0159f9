"""Quotes: what an order would cost and what it would leave, of several vendors side by side."""

from collections.abc import Mapping, Sequence

from bot.domain.catalogue import Product
from bot.domain.money import Money, plain
from bot.domain.quotes import Quote
from bot.usecases.quote_everywhere import NoQuote
from bot.usecases.quote_order import KeptQuote
from handlers.views.blocks import Block, Message, actions, context, divider, fields, section
from handlers.views.products import order_button, quote_value
from handlers.views.text import cards, clock_time, country_name, line, shown


def quote_answer(kept: KeptQuote, vendor: str, *, told_apart: bool = False) -> Message:
    """`vendor` is the name people know; it is in the title where there are several to tell apart."""
    title = _title(kept) + (f" at {line(vendor, 80)}" if told_apart else "")
    blocks = [section(f"*{title}*"), *_quote(kept, vendor)]
    quote = kept.quote
    return Message(f"{title}: charge {quote.charge}, wallet after {quote.balance_after}.", tuple(blocks))


def quotes_answer(
    answers: Sequence[KeptQuote | NoQuote], vendors: Mapping[str, str], preferred: str | None = None
) -> Message:
    """The same thing at several vendors: every charge, each with its own button, and who did not answer."""
    quotes = [answer for answer in answers if isinstance(answer, KeptQuote)]
    title = _title(quotes[0])
    cheapest = _cheapest([kept.quote.charge for kept in quotes])
    blocks: list[Block] = [section(f"*{title}*, side by side")]
    spoken = []
    for number, answer in enumerate(answers):
        vendor = line(vendors.get(_product(answer).provider, _product(answer).provider), 80)
        liked = " · preferred" if _product(answer).provider == preferred else ""
        if isinstance(answer, NoQuote):
            blocks += [divider(), section(f"*{vendor}*{liked}\n⚠️ {shown(str(answer.refusal), 600)}")]
            spoken.append(f"no price from {vendor}")
            continue
        charge = answer.quote.charge
        least = " · costs least" if charge == cheapest else ""
        heading = f"*{vendor}: {charge}*{liked}{least}\n{line(answer.product.name)}"
        blocks += [divider(), section(heading), *_quote(answer, vendor, number)]
        spoken.append(f"{charge} at {vendor}")
    return Message(f"{title}: {'; '.join(spoken)}.", tuple(blocks))


def estimate(quote: Quote, vendor: str, words: str = "An estimate") -> str:
    """With how long the vendor keeps to it."""
    if quote.life:
        return f"{words}, valid until {clock_time(quote.expires_at)}."
    return f"An estimate. {line(vendor, 80)} does not hold prices: it is asked again right before buying."


def _title(kept: KeptQuote) -> str:
    terms = kept.quote.terms
    country = line(country_name(kept.product.country), 60)
    return f"{cards(terms.quantity)} at {terms.denomination} {line(kept.product.name)} ({country})"


def _quote(kept: KeptQuote, vendor: str, number: int | None = None) -> list[Block]:
    """`number` tells the buttons of several quotes apart."""
    quote = kept.quote
    blocks = [fields(_facts(quote))]
    if not quote.affordable:
        blocks.append(section("⚠️ The wallet does not hold enough for this."))
    value = quote_value(kept.product, quote.terms.denomination.amount, quote.terms.quantity)
    blocks += [
        context(f"{estimate(quote, vendor)} Nothing is requested yet."),
        actions(order_button(value) if number is None else order_button(value, vendor, number)),
    ]
    return blocks


def _facts(quote: Quote) -> list[tuple[str, str]]:
    facts = [("Face value", str(quote.face_value))]
    if quote.discount.amount:
        facts.append(("Discount", f"{quote.discount} ({plain(quote.discount_percent)} %)"))
    if quote.forex_rate is not None:
        rate = f"1 {quote.face_value.currency} = {quote.forex_rate:f} {quote.charge.currency}"
        facts.append(("FX rate", rate))
    if quote.fee is not None:
        facts.append(("Fee", str(quote.fee)))
    if quote.tax is not None:
        facts.append(("Tax", str(quote.tax)))
    return [
        *facts,
        ("Charge", f"*{quote.charge}*"),
        ("Wallet now", str(quote.wallet_balance)),
        ("Wallet after", str(quote.balance_after)),
    ]


def _cheapest(charges: Sequence[Money]) -> Money | None:
    """The one least charge; None where currencies differ or nobody is cheaper."""
    if len({charge.currency for charge in charges}) > 1:
        return None
    first, *others = sorted(charges, key=lambda charge: charge.amount)
    return first if others and others[0] != first else None


def _product(answer: KeptQuote | NoQuote) -> Product:
    return answer.product
