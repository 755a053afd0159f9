"""Logs what a listener raised, and tells the person where they are looking."""

from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.services.errors import RequestRejected
from handlers import responses
from handlers.audit_refusal import audit_refusal
from handlers.block_kit.blocks import Message
from handlers.interaction import Interaction
from handlers.slack_context import SlackContext
from handlers.views.modals import message_modal

log = structlog.get_logger(__name__)

_INTERACTIVE_TYPES = {"block_actions", "shortcut", "message_action"}


async def outdated_component(_interaction: Interaction) -> None:
    """For buttons and forms that no other listener knows."""
    raise responses.OutdatedComponent


def register(app: AsyncApp, slack_ctx: SlackContext) -> None:
    async def failed(
        error: Exception,
        ack: AsyncAck,
        body: Mapping[str, Any],
        client: AsyncWebClient,
        respond: AsyncRespond,
    ) -> BoltResponse:
        _log(error, body)
        if isinstance(error, RequestRejected):
            await audit_refusal(slack_ctx, body, error)
        interaction = Interaction(slack_ctx, ack, body, client, respond)
        return BoltResponse(
            status=200, body=_answer(interaction, Message.from_text(responses.user_message(error)))
        )

    app.error(failed)


def _answer(interaction: Interaction, message: Message) -> dict[str, Any] | str:
    """The response body; empty where the person is told otherwise."""
    kind = interaction.body.get("type")
    if "command" in interaction.body:
        return {**message.payload(interaction.environment), "response_type": "ephemeral"}
    if kind == "view_submission":
        # Above the form, which keeps what was typed.
        return {"response_action": "push", "view": message_modal(message, interaction.environment)}
    if kind == "block_suggestion":
        return {"options": []}
    if kind in _INTERACTIVE_TYPES:
        interaction.reply(message)
    return ""


def _log(error: Exception, body: Mapping[str, Any]) -> None:
    known = _log_context(body)
    if isinstance(error, RequestRejected):
        log.info("refused", why=type(error).__name__, **known)
    else:
        log.error("listener_failed", exc_info=error, **known)


def _log_context(body: Mapping[str, Any]) -> dict[str, str]:
    """Ids of the person, the action and the order; never the payload, which has what people typed."""
    user, view = body.get("user"), body.get("view") or {}
    action: Mapping[str, Any] = next(iter(body.get("actions") or ()), {})
    about = str(action.get("value") or view.get("private_metadata") or "").partition(".")[0]
    known = {
        "kind": body.get("type") or body.get("command"),
        "action": action.get("action_id") or view.get("callback_id") or body.get("callback_id"),
        "user": user.get("id") if isinstance(user, Mapping) else body.get("user_id"),
        "order_id": about if about.isdecimal() else None,
    }
    return {name: str(value) for name, value in known.items() if value}
