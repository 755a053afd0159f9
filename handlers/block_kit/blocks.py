"""Builders for messages and modals. What is too long for Slack is cut; the SDK checks the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    ImageElement,
    InputBlock,
    InputInteractiveElement,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from handlers.block_kit.text import safe_plain_text, safe_text, truncate

Block = dict[str, Any]  # JSON, as Slack takes it and sends it back in views
MAX_BLOCKS_IN_MESSAGE = 50
MAX_BLOCKS_IN_VIEW = 100  # a modal or the Home tab
MAX_SECTION_LENGTH = 3000
_MAX_FIELDS = 10
SANDBOX_MARK = "🧪 *SANDBOX* · play money and invented codes: nothing here is real."


def plain_text(text: str, limit: int) -> PlainTextObject:
    return PlainTextObject(text=safe_plain_text(text, limit), emoji=True)


def mrkdwn(text: str, limit: int = MAX_SECTION_LENGTH) -> MarkdownTextObject:
    # verbatim: Slack must not turn words of people and vendors into mentions or links
    return MarkdownTextObject(text=truncate(text, limit), verbatim=True)


def with_sandbox_mark(blocks: Sequence[Block], environment: str, *, limit: int) -> list[Block]:
    """At most `limit` blocks; in a sandbox the last of them says that it is one."""
    if environment != "sandbox":
        return list(blocks[:limit])
    return [*blocks[: limit - 1], context(SANDBOX_MARK)]


def header(text: str) -> Block:
    return HeaderBlock(text=plain_text(text, 150)).to_dict()


def section(text: str, accessory: ButtonElement | ImageElement | None = None) -> Block:
    return SectionBlock(text=mrkdwn(text), accessory=accessory).to_dict()


def fields(pairs: Sequence[tuple[str, str]]) -> Block:
    """At most ten facts, two in a row: (label, mrkdwn)."""
    texts = [mrkdwn(f"*{label}*\n{text}", 2000) for label, text in pairs[:_MAX_FIELDS]]
    return SectionBlock(fields=texts).to_dict()


def context(text: str) -> Block:
    return ContextBlock(elements=[mrkdwn(text)]).to_dict()


def divider() -> Block:
    return DividerBlock().to_dict()


def actions(*buttons: ButtonElement) -> Block:
    return ActionsBlock(elements=buttons).to_dict()


def button(
    label: str, action_id: str, value: str = "", *, style: str = "", confirm: ConfirmObject | None = None
) -> ButtonElement:
    """`style` is `primary`, `danger` or nothing."""
    return ButtonElement(
        text=plain_text(label, 75),
        action_id=action_id,
        value=value or None,
        style=style or None,
        confirm=confirm,
    )


def confirmation(title: str, text: str, *, yes: str, no: str) -> ConfirmObject:
    return ConfirmObject(
        title=plain_text(title, 100),
        text=plain_text(text, 300),
        confirm=plain_text(yes, 30),
        deny=plain_text(no, 30),
    )


def input_block(
    block_id: str,
    label: str,
    element: InputInteractiveElement,
    *,
    hint: str | None = None,
    optional: bool = False,
    dispatch_action: bool = False,
) -> Block:
    """With `dispatch_action` Slack sends us every change."""
    return InputBlock(
        block_id=block_id,
        label=plain_text(label, 2000),
        element=element,
        hint=plain_text(hint, 2000) if hint else None,
        optional=optional,
        dispatch_action=dispatch_action,
    ).to_dict()


@dataclass(frozen=True, slots=True)
class Message:
    """A message's blocks, and the `text` that screen readers and notifications use instead."""

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
    title: str,
    blocks: Sequence[Block],
    environment: str,
    *,
    callback_id: str,
    submit: str = "",
    private_metadata: str = "",
) -> Block:
    """`title` has at most 14 characters, which leaves room for the word SANDBOX."""
    full_title = f"SANDBOX · {title}" if environment == "sandbox" else title
    view: Block = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain_text(full_title, 24).to_dict(),
        "close": plain_text("Cancel" if submit else "Close", 24).to_dict(),
        "blocks": with_sandbox_mark(blocks, environment, limit=MAX_BLOCKS_IN_VIEW),
    }
    if submit:
        view["submit"] = plain_text(submit, 24).to_dict()
    if private_metadata:
        view["private_metadata"] = private_metadata
    return view
