"""The rules of Block Kit's blocks: their fields, and the surfaces on which they are allowed."""

from bot.sandbox.slack.blocks.elements import (
    IMAGE,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    LINK,
    SLACK_FILE,
    elements,
    image_source,
)
from bot.sandbox.slack.blocks.parts import IDENTIFIER, plain, text
from bot.sandbox.slack.blocks.validation import (
    Check,
    Place,
    array,
    boolean,
    both,
    by_type,
    choice,
    record,
    string,
)
from bot.sandbox.slack.protocol import Json

BLOCK_ID = {"block_id": IDENTIFIER}


def _text_or_fields(value: Json, place: Place) -> None:
    if value.get("text") is None and value.get("fields") is None:
        place.wrong("must define either `text` or `fields`")


def _anything(value: object, place: Place) -> None:
    if not isinstance(value, dict):
        place.wrong("must provide an object")


def only_on(*surfaces: str) -> Check:
    def check(value: Json, place: Place) -> None:
        if place.surface not in surfaces:
            place.wrong(f"unsupported type: {value['type']}")

    return check


RICH_PARTS = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")
RICH_PART = record(
    {"elements": array(_anything, 1000, 0)},
    {name: lambda _value, _origin: None for name in ("style", "indent", "offset", "border", "language")},
)
RICH_TEXT = record({"elements": array(by_type(dict.fromkeys(RICH_PARTS, RICH_PART)), 1000)}, BLOCK_ID)
CELL = by_type(
    {"raw_text": record({"text": string(3000)}, {}), "raw_number": _anything, "rich_text": RICH_TEXT}
)
COLUMN = record({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})

BLOCKS: dict[str, Check] = {
    "section": both(
        record(
            {},
            {
                **BLOCK_ID,
                "text": text(3000),
                "fields": array(text(2000), 10),
                "accessory": by_type(elements(IN_SECTION)),
                "expand": boolean,
            },
        ),
        _text_or_fields,
    ),
    "header": record({"text": plain(150)}, BLOCK_ID),
    "divider": record({}, BLOCK_ID),
    "context": record(
        {"elements": array(by_type({"image": IMAGE, "plain_text": text(3000), "mrkdwn": text(3000)}), 10)},
        BLOCK_ID,
    ),
    "actions": record({"elements": array(by_type(elements(IN_ACTIONS)), 25)}, BLOCK_ID),
    "input": record(
        {"label": plain(2000), "element": by_type(elements(IN_INPUT))},
        {**BLOCK_ID, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "image": both(
        record(
            {"alt_text": string(2000)},
            {**BLOCK_ID, "title": plain(2000), "image_url": LINK, "slack_file": SLACK_FILE},
        ),
        image_source,
    ),
    "rich_text": RICH_TEXT,
    "alert": both(
        record(
            {"text": text(3000)},
            {**BLOCK_ID, "level": choice("default", "info", "warning", "error", "success")},
        ),
        only_on("modal"),
    ),
    "markdown": both(record({"text": string(12_000)}, BLOCK_ID), only_on("message")),
    "table": both(
        record({"rows": array(array(CELL, 20), 100)}, {**BLOCK_ID, "column_settings": array(COLUMN, 20, 0)}),
        only_on("message"),
    ),
}

BLOCK = by_type(BLOCKS)
