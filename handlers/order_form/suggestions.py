"""Options for the selects of the order form while somebody types. The search is local: no vendor is asked."""

from collections.abc import Awaitable, Callable, Sequence

from slack_sdk.models.blocks import Option

from bot.domain.people import Person
from bot.services.errors import RequestRejected
from bot.services.search_catalogue import SearchQuery, category_names, country_names, search_catalogue
from handlers.block_kit.form_elements import MAX_OPTIONS
from handlers.interaction import Interaction
from handlers.order_form.requester import authorized_requester
from handlers.views.order_form_fields import category_option, country_option, product_option
from handlers.views.order_form_state import ANY, read_form


async def suggest_products(interaction: Interaction) -> None:
    await _suggest(interaction, _products)


async def suggest_countries(interaction: Interaction) -> None:
    await _suggest(interaction, _countries)


async def suggest_categories(interaction: Interaction) -> None:
    await _suggest(interaction, _categories)


async def _suggest(
    interaction: Interaction, find_options: Callable[[Interaction, Person], Awaitable[list[Option]]]
) -> None:
    try:
        person = await authorized_requester(interaction.slack_ctx, interaction.user_id, attempted="search")
    except RequestRejected:
        await interaction.ack(options=[])  # a response with options has no place for a reason
    else:
        await interaction.ack(options=await find_options(interaction, person))


async def _products(interaction: Interaction, person: Person) -> list[Option]:
    filters = read_form(interaction.body.get("view") or {})
    query = SearchQuery(text=_typed(interaction), country=filters.country, category=filters.category)
    found = await search_catalogue(interaction.slack_ctx.ctx, person, query, limit=MAX_OPTIONS)
    return [product_option(product, found.vendors.get(product.vendor, "")) for product in found.products]


async def _countries(interaction: Interaction, _: Person) -> list[Option]:
    typed, countries = _typed(interaction).casefold(), await country_names(interaction.slack_ctx.ctx)
    fitting = [code for code, name in countries if typed in f"{name} {code}".casefold()]
    return [country_option(code) for code in _with_any_option(ANY, fitting, typed)]


async def _categories(interaction: Interaction, _: Person) -> list[Option]:
    typed, categories = _typed(interaction).casefold(), await category_names(interaction.slack_ctx.ctx)
    fitting = [name for name in categories if typed in name.casefold()]
    return [category_option(name) for name in _with_any_option(ANY, fitting, typed)]


def _typed(interaction: Interaction) -> str:
    return str(interaction.body.get("value") or "").strip()


def _with_any_option(any_option: str, fitting: Sequence[str], typed: str) -> list[str]:
    """With nothing typed, or “any”, the option that removes the filter comes first."""
    return [*([any_option] if any_option.startswith(typed) else []), *fitting][:MAX_OPTIONS]
