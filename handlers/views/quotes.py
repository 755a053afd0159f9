"""Quotes of one vendor, or of several side by side."""

from collections.abc import Mapping, Sequence

from bot.domain.catalogue import Product
from bot.domain.countries import country_name
from bot.domain.money import Money
from bot.domain.quotes import Quote
from bot.services.quote_all_vendors import QuoteFailure
from bot.services.quote_order import StoredQuote
from handlers.block_kit.blocks import Block, Message, actions, context, divider, fields, section
from handlers.block_kit.dates import slack_time
from handlers.block_kit.text import safe_line, safe_text
from handlers.kinds import KIND_VIEWS
from handlers.views.charge_fields import quote_fields
from handlers.views.products import order_button, quote_value


def quote_message(kept: StoredQuote, vendor: str, *, vendor_labels: bool = False) -> Message:
    """`vendor` is the name that people know; with `vendor_labels` it is in the title."""
    title = _title(kept) + (f" at {safe_line(vendor, 80)}" if vendor_labels else "")
    blocks = [section(f"*{title}*"), *_quote(kept, vendor)]
    quote = kept.quote
    return Message(f"{title}: charge {quote.charge}, wallet after {quote.balance_after}.", tuple(blocks))


def quote_comparison_message(
    outcomes: Sequence[StoredQuote | QuoteFailure], vendors: Mapping[str, str], preferred: str | None = None
) -> Message:
    """The same at several vendors: each charge with a button to order, and who did not answer."""
    quotes = [outcome for outcome in outcomes if isinstance(outcome, StoredQuote)]
    title = _title(quotes[0])
    cheapest = _cheapest([kept.quote.charge for kept in quotes])
    blocks: list[Block] = [section(f"*{title}*, side by side")]
    fallback_text = []
    for number, outcome in enumerate(outcomes):
        vendor = safe_line(vendors.get(_product(outcome).vendor, _product(outcome).vendor), 80)
        preferred_mark = " · preferred" if _product(outcome).vendor == preferred else ""
        if isinstance(outcome, QuoteFailure):
            blocks += [
                divider(),
                section(f"*{vendor}*{preferred_mark}\n⚠️ {safe_text(str(outcome.refusal), 600)}"),
            ]
            fallback_text.append(f"no price from {vendor}")
            continue
        charge = outcome.quote.charge
        cheapest_mark = " · costs least" if charge == cheapest else ""
        heading = f"*{vendor}: {charge}*{preferred_mark}{cheapest_mark}\n{safe_line(outcome.product.name)}"
        blocks += [divider(), section(heading), *_quote(outcome, vendor, number)]
        fallback_text.append(f"{charge} at {vendor}")
    return Message(f"{title}: {'; '.join(fallback_text)}.", tuple(blocks))


def estimate(quote: Quote, vendor: str, words: str = "An estimate") -> str:
    """Says how long the vendor keeps to the quote."""
    if quote.life:
        return f"{words}, valid until {slack_time(quote.expires_at)}."
    return (
        f"An estimate. {safe_line(vendor, 80)} does not hold prices: it is asked again right before buying."
    )


def _title(kept: StoredQuote) -> str:
    line = kept.quote.terms.line
    country = safe_line(country_name(kept.product.country), 60)
    return f"{KIND_VIEWS[line.kind].amount(line)} {safe_line(kept.product.name)} ({country})"


def _quote(kept: StoredQuote, vendor: str, number: int | None = None) -> list[Block]:
    """`number` is for one of several quotes, so that their buttons differ."""
    quote = kept.quote
    blocks = [fields(quote_fields(quote))]
    if not quote.affordable:
        blocks.append(section("⚠️ The wallet does not hold enough for this."))
    value = quote_value(kept.product, quote.terms.line.unit_value.amount, quote.terms.line.units)
    blocks += [
        context(f"{estimate(quote, vendor)} Nothing is requested yet."),
        actions(order_button(value) if number is None else order_button(value, vendor, number)),
    ]
    return blocks


def _cheapest(charges: Sequence[Money]) -> Money | None:
    """The lowest charge; None where currencies differ or several are lowest."""
    if len({charge.currency for charge in charges}) > 1:
        return None
    first, *others = sorted(charges, key=lambda charge: charge.amount)
    return first if others and others[0] != first else None


def _product(outcome: StoredQuote | QuoteFailure) -> Product:
    return outcome.product
