"""The one place through which handlers put a refusal on record, with what was attempted in our own words."""

import re
from collections.abc import Mapping
from typing import Any

from bot.usecases.record_refusal import Refusal, record_refusal
from handlers.front import Front, user_id
from handlers.words import Misunderstood

_OUR_WORD = re.compile(r"[a-z_]{1,40}")


def on_record(front: Front, body: Mapping[str, Any], refusal: Refusal, *, attempted: str = "") -> None:
    """A slip of the pen behind `/giftcard` is none: it attempts nothing."""
    if not isinstance(refusal, Misunderstood):
        who = front.people.known_as(user_id(body))
        record_refusal(front.desk, who, attempted or _attempted(body), refusal)


def _attempted(body: Mapping[str, Any]) -> str:
    """The button, form or shortcut, as we named it."""
    action: Mapping[str, Any] = next(iter(body.get("actions") or ()), {})
    view = body.get("view") or {}
    name = str(action.get("action_id") or body.get("callback_id") or view.get("callback_id") or "command")
    word = name.partition(":")[0]
    return word if _OUR_WORD.fullmatch(word) else "something unknown"
