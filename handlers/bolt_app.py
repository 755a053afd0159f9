"""The Slack side of the bot: the Bolt app with every listener, and the delivery of outbox messages."""

from dataclasses import dataclass

from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.services.context import AppContext
from handlers.background_tasks import BackgroundTasks
from handlers.client import BotIdentity, authorize_as
from handlers.listeners import register
from handlers.outbox_dispatcher import OutboxDispatcher
from handlers.slack_context import SlackContext
from handlers.user_directory import UserDirectory


@dataclass(frozen=True, slots=True)
class SlackApp:
    bolt: AsyncApp
    dispatcher: OutboxDispatcher
    background: BackgroundTasks


def slack_app(
    ctx: AppContext,
    identity: BotIdentity,
    *,
    client: AsyncWebClient,
    client_without_token: AsyncWebClient,
    token: SecretStr,
    signing_secret: SecretStr | None,
    approvals_channel: str,
) -> SlackApp:
    """`signing_secret` is None in Socket Mode."""
    people = UserDirectory(client, identity.team_id, ctx.policy.groups)
    slack_ctx = SlackContext(ctx, people, BackgroundTasks(), approvals_channel)
    bolt = AsyncApp(
        client=client_without_token,  # `authorize` gives each request its token
        authorize=authorize_as(identity, token),
        signing_secret=signing_secret.get_secret_value() if signing_secret else None,
        # Otherwise Bolt polls for the ack every 10 ms, and an error right after it un-acks the request.
        process_before_response=True,
    )
    register(bolt, slack_ctx)
    return SlackApp(bolt, OutboxDispatcher(client, slack_ctx), slack_ctx.background)
