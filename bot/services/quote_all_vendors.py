"""What would the same thing cost at each vendor that sells it? All are asked at once."""

import asyncio
from dataclasses import dataclass, replace

from bot.domain.catalogue import Product
from bot.domain.people import Person
from bot.services.compare_vendors import compare_vendors
from bot.services.context import AppContext
from bot.services.errors import RequestRejected
from bot.services.find_product import find_product
from bot.services.quote_order import Selection, StoredQuote, quote_order


@dataclass(frozen=True, slots=True)
class QuoteFailure:
    """A vendor that gave no price, and why."""

    product: Product
    refusal: RequestRejected


async def quote_all_vendors(
    ctx: AppContext, person: Person, selection: Selection, *, timeout_s: float
) -> list[StoredQuote | QuoteFailure]:
    """The preferred vendor first. Raises what the chosen one's refusal was when nobody has a price."""
    chosen = await find_product(ctx, selection.product_key)
    same = (await compare_vendors(ctx, person, [chosen], selection.line.unit_value.amount)).get(chosen.key)
    offers = [estimate.product for estimate in same.estimates] if same else [chosen]
    asked = [chosen if offer.vendor == chosen.vendor else offer for offer in offers]
    answers = await asyncio.gather(*(_ask(ctx, person, product, selection, timeout_s) for product in asked))
    if not any(isinstance(answer, StoredQuote) for answer in answers):
        raise next(a.refusal for a in answers if isinstance(a, QuoteFailure) and a.product == chosen)
    return answers


async def _ask(
    ctx: AppContext, person: Person, product: Product, selection: Selection, timeout_s: float
) -> StoredQuote | QuoteFailure:
    # A wallet is one vendor's: another one pays from its own.
    here = (
        selection
        if product.key == selection.product_key
        else replace(selection, product_key=product.key, line=selection.line.of(product), wallet_id=None)
    )
    try:
        return await quote_order(ctx, person, here, timeout_s=timeout_s)
    except RequestRejected as error:
        return QuoteFailure(product, error)
