"""`/giftcard quote` and the *Quote* button: what would it cost?"""

from decimal import Decimal

from bot.domain.catalogue import Product
from bot.usecases.desk import Desk
from bot.usecases.quote_order import Selection, quote_order
from handlers.call import Call, carried
from handlers.choose_product import choose_product
from handlers.search import shelves
from handlers.views import products
from handlers.views.blocks import Message
from handlers.views.quotes import quote_answer
from handlers.words import Misunderstood, parse_quote

_ANSWER_WITHIN_S = 15.0  # "Asking…" has been said by then


async def quote(call: Call) -> Message:
    """`/giftcard quote PRODUCT AMOUNT [xN]`."""
    person = await call.person_with_role("quote")
    desk = call.front.desk
    asked = parse_quote(call.words, shelves(desk))
    if not asked.product.text:
        raise Misunderstood(
            "Say which card and how much: `/giftcard quote steam 50`, "
            "or `/giftcard quote steam 50 x3` for three of them."
        )
    chosen = choose_product(desk, person, asked.product)
    if not isinstance(chosen, Product):
        return products.candidates(chosen, amount=asked.amount, quantity=asked.quantity)
    amount = asked.amount or _only_amount(chosen)
    if amount is None:
        return products.amounts(chosen, asked.quantity)
    vendor = desk.provider(chosen.provider).title
    price = _price(desk, Selection(chosen.key, amount, asked.quantity))
    return await call.soon(price, f"Asking {vendor} for the price…")


async def show_quote(call: Call) -> None:
    """The *Quote* button: of one amount the price, of several first the question which."""
    desk = call.front.desk
    key, amount, quantity = carried(products.parse_quote_value, call.value)
    await call.person_with_role("quote")
    product = desk.product(key)
    amount = amount or _only_amount(product)
    if amount is None:
        call.tell(products.amounts(product, quantity))
    else:
        call.tell_later(_price(desk, Selection(key, amount, quantity)))


async def _price(desk: Desk, selection: Selection) -> Message:
    return quote_answer(await quote_order(desk, selection, timeout_s=_ANSWER_WITHIN_S))


def _only_amount(product: Product) -> Decimal | None:
    """The amount, where there is nothing to choose."""
    single = len(product.denominations) == 1 and product.fixed_only
    return product.denominations[0].minimum if single else None
