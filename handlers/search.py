"""`/giftcard search`: results page by page, and the details of a product."""

from pydantic import ValidationError

from bot.domain.people import Person
from bot.services.context import AppContext
from bot.services.errors import RequestRejected
from bot.services.search_catalogue import (
    SearchQuery,
    all_categories,
    amount_in,
    country_names,
    currency_names,
    group_by_vendor,
    product_details,
    search_catalogue,
)
from handlers import responses
from handlers.audit_refusal import audit_refusal
from handlers.block_kit.blocks import Message
from handlers.command_parser import FilterOptions, UsageError, parse_search
from handlers.interaction import Interaction
from handlers.views import products
from handlers.views.catalogue_status import catalogue_loading_text
from handlers.views.modals import message_modal


async def filter_options(ctx: AppContext) -> FilterOptions:
    return FilterOptions(
        await country_names(ctx), await all_categories(ctx), frozenset(ctx.vendors), await currency_names(ctx)
    )


async def search(interaction: Interaction) -> Message:
    """`/giftcard search TEXT [country:USA] [category:Gaming] [currency:USD]`."""
    person = await interaction.person_with_role("search")
    ctx = interaction.slack_ctx.ctx
    known = await filter_options(ctx)
    if not known.countries:
        return Message.from_text(await catalogue_loading_text(ctx))
    query = parse_search(interaction.args, known)
    if len(query.text) > products.MAX_QUERY_LENGTH:
        raise UsageError("That is a lot to look for. The brand alone is often enough.")
    return await _page(ctx, person, query, 0)


async def turn_page(interaction: Interaction) -> None:
    """*Previous* and *Next*."""
    try:
        page = products.SearchResultsPage.model_validate_json(interaction.value)
    except ValidationError as error:
        raise responses.OutdatedComponent from error
    person = await interaction.person_with_role("search")
    interaction.replace(await _page(interaction.slack_ctx.ctx, person, page.query, page.offset))


async def show_details(interaction: Interaction) -> None:
    """Open the modal at once, because its trigger expires; fill it in when the vendor has answered."""
    view_id = await interaction.open_modal(products.details_loading(interaction.environment))
    interaction.slack_ctx.background.start(_fill_details(interaction, view_id), what="details")


async def _page(ctx: AppContext, person: Person, query: SearchQuery, offset: int) -> Message:
    found = await search_catalogue(ctx, person, query, offset=offset)
    return products.search_results(query, await group_by_vendor(ctx, person, found, amount_in(query.text)))


async def _fill_details(interaction: Interaction, view_id: str) -> None:
    ctx = interaction.slack_ctx.ctx
    try:
        product, texts = await product_details(
            ctx, await interaction.person_with_role("details"), interaction.value
        )
    except RequestRejected as error:
        await audit_refusal(interaction.slack_ctx, interaction.body, error)
        view = message_modal(Message.from_text(responses.user_message(error)), interaction.environment)
    else:
        vendor = ctx.vendor_labels.get(product.vendor, "")
        view = products.details(product, texts, interaction.environment, vendor)
    await interaction.client.views_update(view_id=view_id, view=view)
