"""What people are told when something did not work, and how it is shown to them alone."""

from collections.abc import Mapping
from typing import Any

import structlog
from aiohttp import ClientError
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.services.errors import NoCodes, RequestRejected
from handlers.block_kit.blocks import Block
from handlers.views.states import why_no_codes

log = structlog.get_logger(__name__)

SLACK_ERRORS = (SlackApiError, SlackClientError, ClientError, TimeoutError)
_INTERNAL_ERROR_TEXT = (
    "Something went wrong here, and it is on record. Look at `/giftcard mine` before you try again: "
    "what was done is listed there."
)
_TRIGGER_ERRORS = {
    "expired_trigger_id",
    "exchanged_trigger_id",
    "invalid_trigger_id",
    "trigger_expired",
    "trigger_exchanged",
}


class ModalNotOpened(RequestRejected):
    """Slack did not open a modal in time."""


class OutdatedComponent(RequestRejected):
    """A button or form that this version does not have."""

    def __init__(self) -> None:
        super().__init__(
            "This button is from an older version of the bot. `/giftcard help` shows what you can do now."
        )


def user_message(failure: BaseException) -> str:
    """What the person is told about a refusal or a fault."""
    if isinstance(failure, NoCodes):
        return why_no_codes(failure.order)
    return str(failure) if isinstance(failure, RequestRejected) else _INTERNAL_ERROR_TEXT


async def open_modal(client: AsyncWebClient, body: Mapping[str, Any], view: Block) -> str:
    """Open a view, above the modal in which a button was pressed; its id. Raises ModalNotOpened."""
    in_modal = (body.get("view") or {}).get("type") == "modal"
    opening = client.views_push if in_modal else client.views_open
    try:
        answer = await opening(trigger_id=body["trigger_id"], view=view)
    except SlackApiError as error:
        if error.response["error"] in _TRIGGER_ERRORS:
            raise ModalNotOpened(
                "Slack waited too long to open this window, so nothing happened. Press once more."
            ) from error
        raise
    return str(answer["view"]["id"])


async def show_in_modal(client: AsyncWebClient, body: Mapping[str, Any], view: Block) -> None:
    """Open a view that only shows a result: the work is done, so a failure is only logged."""
    try:
        await open_modal(client, body, view)
    except (ModalNotOpened, *SLACK_ERRORS) as error:
        log.warning("answer_not_shown", why=type(error).__name__)


async def show_by_response_url(
    respond: AsyncRespond, payload: Mapping[str, Any], *, replace_original: bool, to_all: bool = False
) -> None:
    """Post beside or replace the pressed message: for all who see it (`to_all`), or for the person alone.

    A failure is only logged.
    """
    kind = "in_channel" if to_all else "ephemeral"
    try:
        answer = await respond(**payload, response_type=kind, replace_original=replace_original)
    except SLACK_ERRORS as error:
        log.warning("answer_not_shown", why=type(error).__name__)
        return
    if answer.status_code != 200:
        log.warning("answer_not_shown", status=answer.status_code)
