"""The price in the order form: the quote with all its parts, or why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.catalogue import Wallet
from bot.domain.money import Money
from bot.domain.quotes import Quote
from handlers import ids
from handlers.block_kit.blocks import Block, button, context, fields, section
from handlers.block_kit.text import safe_line, safe_text
from handlers.views.charge_fields import form_fields
from handlers.views.quotes import estimate

_MAX_SENTENCE_LENGTH = 600


@dataclass(frozen=True, slots=True)
class QuotedPrice:
    """A vendor's quote. `wallets` are those that could pay; `warning` says why it cannot be bought like this.

    `other_vendors` has estimates for the same at other vendors, by the names that people know.
    """

    quote_id: int
    quote: Quote
    vendor: str
    wallets: tuple[Wallet, ...] = ()
    warning: str | None = None
    other_vendors: tuple[tuple[str, Money], ...] = ()


@dataclass(frozen=True, slots=True)
class PriceUnavailable:
    """A sentence instead of a price. `can_retry`: asking again may help."""

    sentence: str
    is_error: bool = False
    can_retry: bool = False


Price = QuotedPrice | PriceUnavailable
PRICE_LOADING = PriceUnavailable("Asking for the price…")


def price_blocks(price: Price) -> list[Block]:
    return _quote(price) if isinstance(price, QuotedPrice) else [_sentence(price)]


def _sentence(price: PriceUnavailable) -> Block:
    mark = "⚠️" if price.is_error else "💳"
    retry = button("Ask again", ids.ASK_FOR_PRICE) if price.can_retry else None
    return section(f"{mark} {safe_text(price.sentence, _MAX_SENTENCE_LENGTH)}", accessory=retry)


def _quote(price: QuotedPrice) -> list[Block]:
    quote = price.quote
    wallet = f"the {quote.charge.currency} wallet at {safe_line(price.vendor)}"
    total = section(f"💳 *Total payable: {quote.charge}* from {wallet}")
    warning = [section(f"⚠️ {safe_text(price.warning, _MAX_SENTENCE_LENGTH)}")] if price.warning else []
    valid = context(estimate(quote, price.vendor, f"Estimate by {safe_line(price.vendor)}"))
    other_vendors = [context(_other_vendors(price.other_vendors))] if price.other_vendors else []
    return [total, fields(form_fields(quote)), *warning, valid, *other_vendors]


def _other_vendors(costs: Sequence[tuple[str, Money]]) -> str:
    about = " · ".join(f"about {cost} at {safe_line(vendor)}" for vendor, cost in costs)
    return f"By the catalogue the same costs {about}. `/giftcard quote` asks all vendors."
