"""The Home tab, built from the database alone: no vendor is asked."""

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.people import Person
from bot.domain.policy import Facts, Stage
from bot.services.errors import RequestRejected
from bot.services.order_queries import order_details, orders_of, pending_orders
from bot.services.show_balance import last_known_balances
from handlers.audit_refusal import audit_refusal
from handlers.block_kit.blocks import Block
from handlers.interaction import Interaction
from handlers.slack_context import SlackContext
from handlers.views import home as views
from handlers.views.catalogue_status import catalogue_status_line


async def app_home_opened(interaction: Interaction) -> None:
    if interaction.body["event"].get("tab") == "home":
        start_publishing_home(interaction)


def start_publishing_home(interaction: Interaction) -> None:
    work = _publish_home(interaction.slack_ctx, interaction.client, interaction.user_id)
    interaction.slack_ctx.background.start(work, what="home")


async def _publish_home(slack_ctx: SlackContext, client: AsyncWebClient, user_id: str) -> None:
    try:
        person = await slack_ctx.people.lookup(user_id)
        view = await _home(slack_ctx, person)
    except RequestRejected as error:
        await audit_refusal(slack_ctx, {"user_id": user_id}, error, attempted="home")
        view = views.home_without_access(str(error), slack_ctx.ctx.environment)
    await client.views_publish(user_id=user_id, view=view)


async def _home(slack_ctx: SlackContext, person: Person) -> Block:
    """Raises NotPermitted for people without a role."""
    ctx = slack_ctx.ctx
    own = [(await order_details(ctx, order)) for order in await orders_of(ctx, person)]
    pending = await pending_orders(ctx, person) if ctx.policy.can_view_all(person) else None
    return views.home(
        own,
        None if pending is None else [(await order_details(ctx, order)) for order in pending],
        may_request=ctx.policy.check(Stage.REQUEST, Facts(person=person)) is None,
        approvals_channel=slack_ctx.approvals_channel,
        environment=ctx.environment,
        catalogue_status=await catalogue_status_line(ctx),
        balances=await last_known_balances(ctx),
    )
