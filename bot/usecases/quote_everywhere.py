"""What would the same thing cost at each vendor that sells it? All are asked at once."""

import asyncio
from dataclasses import dataclass, replace

from bot.domain.catalogue import Product
from bot.domain.people import Person
from bot.domain.policy import BadField, NotPermitted
from bot.usecases.compare_vendors import same_things
from bot.usecases.desk import Desk
from bot.usecases.quote_order import KeptQuote, Selection, quote_order
from bot.usecases.rejections import Rejected


@dataclass(frozen=True, slots=True)
class NoQuote:
    """A vendor that gave no price, and why."""

    product: Product
    refusal: Rejected | BadField | NotPermitted


async def quote_everywhere(
    desk: Desk, person: Person, selection: Selection, *, timeout_s: float
) -> list[KeptQuote | NoQuote]:
    """The preferred vendor first. Raises what the chosen one's refusal was when nobody has a price."""
    chosen = desk.product(selection.product_key)
    same = same_things(desk, person, [chosen], selection.denomination).get(chosen.key)
    offers = [estimate.product for estimate in same.estimates] if same else [chosen]
    asked = [chosen if offer.provider == chosen.provider else offer for offer in offers]
    answers = await asyncio.gather(*(_ask(desk, person, product, selection, timeout_s) for product in asked))
    if not any(isinstance(answer, KeptQuote) for answer in answers):
        raise next(a.refusal for a in answers if isinstance(a, NoQuote) and a.product == chosen)
    return answers


async def _ask(
    desk: Desk, person: Person, product: Product, selection: Selection, timeout_s: float
) -> KeptQuote | NoQuote:
    # A wallet is one vendor's: another one pays from its own.
    here = (
        selection
        if product.key == selection.product_key
        else replace(selection, product_key=product.key, wallet_id=None)
    )
    try:
        return await quote_order(desk, person, here, timeout_s=timeout_s)
    except (Rejected, BadField, NotPermitted) as refusal:
        return NoQuote(product, refusal)
