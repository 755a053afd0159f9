"""`/giftcard quote` and the *Quote* button: what an order would cost."""

from bot.domain.catalogue import Product
from bot.domain.people import Person
from bot.kinds.gift_card import gift_card_line
from bot.services.compare_vendors import compare_vendors
from bot.services.context import AppContext
from bot.services.find_product import find_product
from bot.services.quote_all_vendors import quote_all_vendors
from bot.services.quote_order import Selection, StoredQuote
from handlers.block_kit.blocks import Message
from handlers.choose_product import choose_product
from handlers.command_parser import UsageError, parse_quote
from handlers.interaction import Interaction, parse_component_value
from handlers.search import filter_options
from handlers.views import products
from handlers.views.quotes import quote_comparison_message, quote_message

_ANSWER_WITHIN_S = 15.0  # the person already reads "Asking…"


async def quote(interaction: Interaction) -> Message:
    """`/giftcard quote PRODUCT AMOUNT [xN]`."""
    person = await interaction.person_with_role("quote")
    ctx = interaction.slack_ctx.ctx
    asked = parse_quote(interaction.args, await filter_options(ctx))
    if not asked.product.text:
        raise UsageError(
            "Say which card and how much: `/giftcard quote steam 50`, "
            "or `/giftcard quote steam 50 x3` for three of them."
        )
    chosen = await choose_product(ctx, person, asked.product, asked.amount)
    if not isinstance(chosen, Product):
        return products.candidates(chosen, amount=asked.amount, quantity=asked.quantity)
    amount = asked.amount or chosen.only_face_value
    if amount is None:
        return products.amounts(chosen, asked.quantity)
    comparison = (await compare_vendors(ctx, person, [chosen], amount)).get(chosen.key)
    sellers = {product.vendor for product in (comparison.products if comparison else [chosen])}
    vendors = " and ".join(vendor.title for name, vendor in ctx.vendors.items() if name in sellers)
    price = _price(ctx, person, Selection(chosen.key, gift_card_line(chosen, amount, asked.quantity)))
    return await interaction.reply_or_placeholder(price, f"Asking {vendors} for the price…")


async def show_quote(interaction: Interaction) -> None:
    """The *Quote* button. Where the product has several amounts, ask which one first."""
    ctx = interaction.slack_ctx.ctx
    key, amount, quantity = parse_component_value(products.parse_quote_value, interaction.value)
    person = await interaction.person_with_role("quote")
    product = await find_product(ctx, key)
    amount = amount or product.only_face_value
    if amount is None:
        interaction.reply(products.amounts(product, quantity))
    else:
        interaction.reply_later(
            _price(ctx, person, Selection(key, gift_card_line(product, amount, quantity)))
        )


async def _price(ctx: AppContext, person: Person, selection: Selection) -> Message:
    outcomes = await quote_all_vendors(ctx, person, selection, timeout_s=_ANSWER_WITHIN_S)
    match outcomes:
        case [StoredQuote() as only]:
            vendor = ctx.vendor_title(only.product.vendor)
            return quote_message(only, vendor, vendor_labels=bool(ctx.vendor_labels))
        case _:
            return quote_comparison_message(outcomes, ctx.vendor_labels, ctx.policy.vendors.preferred)
