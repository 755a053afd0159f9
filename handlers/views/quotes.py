"""A quote: what an order would cost and what it would leave, as an estimate."""

from bot.domain.money import plain
from bot.usecases.quote_order import KeptQuote
from handlers.views.blocks import Message, actions, context, fields, section
from handlers.views.products import order_button, quote_value
from handlers.views.text import cards, clock_time, country_name, line


def quote_answer(kept: KeptQuote) -> Message:
    quote, product = kept.quote, kept.product
    title = (
        f"{cards(quote.terms.quantity)} at {quote.terms.denomination} {line(product.name)} "
        f"({line(country_name(product.country), 60)})"
    )
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
    facts += [
        ("Charge", f"*{quote.charge}*"),
        ("Wallet now", str(quote.wallet_balance)),
        ("Wallet after", str(quote.balance_after)),
    ]
    blocks = [section(f"*{title}*"), fields(facts)]
    if not quote.affordable:
        blocks.append(section("⚠️ The wallet does not hold enough for this."))
    blocks += [
        context(f"An estimate, valid until {clock_time(quote.expires_at)}. Nothing is requested yet."),
        actions(order_button(quote_value(product, quote.terms.denomination.amount, quote.terms.quantity))),
    ]
    return Message(f"{title}: charge {quote.charge}, wallet after {quote.balance_after}.", tuple(blocks))
