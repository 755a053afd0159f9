"""Block Kit in few words: typed builders that keep Slack's limits, and messages and modals made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers.views.text import safe_plain_text, safe_text, truncate

Block = dict[str, Any]
MAX_BLOCKS_IN_MESSAGE = 50
MAX_BLOCKS_IN_VIEW = 100  # a modal or the Home tab
MAX_SECTION_LENGTH = 3000
SANDBOX_MARK = "🧪 *SANDBOX* · play money and invented codes: nothing here is real."


def plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": safe_plain_text(text, limit), "emoji": True}


def mrkdwn(text: str, limit: int = MAX_SECTION_LENGTH) -> Block:
    # verbatim: Slack must not turn outside words into mentions or links of its own accord
    return {"type": "mrkdwn", "text": truncate(text, limit), "verbatim": True}


def title(title_text: str, environment: str) -> Block:
    """A modal's title: at most 14 characters, so that there is room for a sandbox to say that it is one."""
    return plain(f"SANDBOX · {title_text}" if environment == "sandbox" else title_text, 24)


def with_sandbox_mark(blocks: Sequence[Block], environment: str, *, limit: int) -> list[Block]:
    """At most `most` blocks; in a sandbox the last of them says that it is one."""
    if environment != "sandbox":
        return list(blocks[:limit])
    return [*blocks[: limit - 1], context(SANDBOX_MARK)]


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, 150)}


def section(text: str) -> Block:
    return {"type": "section", "text": mrkdwn(text)}


def fields(pairs: Sequence[tuple[str, str]]) -> Block:
    """At most ten facts, two in a row: (label, mrkdwn)."""
    return {"type": "section", "fields": [mrkdwn(f"*{label}*\n{text}", 2000) for label, text in pairs[:10]]}


def context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text)]}


def divider() -> Block:
    return {"type": "divider"}


def actions(*buttons: Block) -> Block:
    return {"type": "actions", "elements": list(buttons)}


def button(
    label: str, action_id: str, value: str = "", *, style: str = "", confirm: Block | None = None
) -> Block:
    """`style` is `primary`, `danger` or nothing. Slack takes no empty value, so it is left out."""
    element: Block = {"type": "button", "text": plain(label, 75), "action_id": action_id}
    if value:
        element["value"] = value
    if style:
        element["style"] = style
    if confirm:
        element["confirm"] = confirm
    return element


def confirmation(title: str, text: str, *, yes: str, no: str) -> Block:
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }


@dataclass(frozen=True, slots=True)
class Message:
    """What a message shows, and the `text` that screen readers and notifications say instead."""

    text: str
    blocks: tuple[Block, ...]

    @classmethod
    def from_text(cls, sentence: str) -> "Message":
        """One plain sentence, escaped: it may quote what somebody typed."""
        safe = safe_text(sentence, 3000)
        return cls(safe, (section(safe),))

    def payload(self, environment: str) -> dict[str, Any]:
        """`text` and `blocks` for Slack."""
        fallback_text = self.text.replace("*", "")  # screen readers would read the asterisks out
        if environment == "sandbox":
            fallback_text = f"[SANDBOX] {fallback_text}"
        return {
            "text": truncate(fallback_text, MAX_SECTION_LENGTH),
            "blocks": with_sandbox_mark(self.blocks, environment, limit=MAX_BLOCKS_IN_MESSAGE),
        }


def modal(
    title_text: str,
    blocks: Sequence[Block],
    environment: str,
    *,
    callback_id: str,
    submit: str = "",
    private_metadata: str = "",
) -> Block:
    """`title_text` is the title."""
    view: Block = {
        "type": "modal",
        "callback_id": callback_id,
        "title": title(title_text, environment),
        "close": plain("Cancel" if submit else "Close", 24),
        "blocks": with_sandbox_mark(blocks, environment, limit=MAX_BLOCKS_IN_VIEW),
    }
    if submit:
        view["submit"] = plain(submit, 24)
    if private_metadata:
        view["private_metadata"] = private_metadata
    return view
