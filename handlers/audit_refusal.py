"""Handlers put refusals on record here, with a name of ours for what was attempted."""

import re
from collections.abc import Mapping
from typing import Any

from bot.services.errors import RequestRejected
from bot.services.record_refusal import record_refusal
from handlers.command_parser import UsageError
from handlers.slack_context import SlackContext, user_id

_ACTION_NAME = re.compile(r"[a-z_]{1,40}")


async def audit_refusal(
    slack_ctx: SlackContext, body: Mapping[str, Any], refusal: RequestRejected, *, attempted: str = ""
) -> None:
    """A typing mistake after `/giftcard` is not recorded: it attempts nothing."""
    if not isinstance(refusal, UsageError):
        who = slack_ctx.people.cached_id(user_id(body))
        await record_refusal(slack_ctx.ctx, who, attempted or _attempted(body), refusal)


def _attempted(body: Mapping[str, Any]) -> str:
    """Our name of the button, form or shortcut."""
    action: Mapping[str, Any] = next(iter(body.get("actions") or ()), {})
    view = body.get("view") or {}
    name = str(action.get("action_id") or body.get("callback_id") or view.get("callback_id") or "command")
    word = name.partition(":")[0]
    return word if _ACTION_NAME.fullmatch(word) else "something unknown"
