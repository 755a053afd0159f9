"""`/giftcard quote` and the *Quote* button: what would it cost?"""

from bot.domain.catalogue import Product
from bot.domain.people import Person
from bot.usecases.compare_vendors import same_things
from bot.usecases.desk import Desk
from bot.usecases.quote_everywhere import quote_everywhere
from bot.usecases.quote_order import KeptQuote, Selection
from handlers.call import Call, carried
from handlers.choose_product import choose_product
from handlers.search import shelves
from handlers.views import products
from handlers.views.blocks import Message
from handlers.views.quotes import quote_answer, quotes_answer
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
    chosen = choose_product(desk, person, asked.product, asked.amount)
    if not isinstance(chosen, Product):
        return products.candidates(chosen, amount=asked.amount, quantity=asked.quantity)
    amount = asked.amount or chosen.only_amount
    if amount is None:
        return products.amounts(chosen, asked.quantity)
    same = same_things(desk, person, [chosen], amount).get(chosen.key)
    sellers = {product.provider for product in (same.products if same else [chosen])}
    vendors = " and ".join(provider.title for name, provider in desk.providers.items() if name in sellers)
    price = _price(desk, person, Selection(chosen.key, amount, asked.quantity))
    return await call.soon(price, f"Asking {vendors} for the price…")


async def show_quote(call: Call) -> None:
    """The *Quote* button: of one amount the price, of several first the question which."""
    desk = call.front.desk
    key, amount, quantity = carried(products.parse_quote_value, call.value)
    person = await call.person_with_role("quote")
    product = desk.product(key)
    amount = amount or product.only_amount
    if amount is None:
        call.tell(products.amounts(product, quantity))
    else:
        call.tell_later(_price(desk, person, Selection(key, amount, quantity)))


async def _price(desk: Desk, person: Person, selection: Selection) -> Message:
    answers = await quote_everywhere(desk, person, selection, timeout_s=_ANSWER_WITHIN_S)
    match answers:
        case [KeptQuote() as only]:
            vendor = desk.vendor_title(only.product.provider)
            return quote_answer(only, vendor, told_apart=bool(desk.told_apart))
        case _:
            return quotes_answer(answers, desk.told_apart, desk.policy.vendors.preferred)
