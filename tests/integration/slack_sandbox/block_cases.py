# ruff: noqa: E501  # one case a line, so that the table can be read
"""Block Kit, wrong and right: what is wrong about it, the blocks, Slack's complaint with its pointer."""

from typing import Any

from tests.integration.slack_sandbox.driver import Json


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str = "Steam", value: str = "steam", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def options(count: int) -> list[Json]:
    return [option(value=f"v{number}") for number in range(count)]


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn("hello"), **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Go"), "action_id": "go", **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "pick", "options": [option()], **more}


def ask(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("Label"), "element": element, **more}


def typed(**more: Any) -> Json:
    return {"type": "plain_text_input", "action_id": "text", **more}


def ticks(kind: str, count: int, **more: Any) -> Json:
    return {"type": kind, "action_id": "tick", "options": options(count), **more}


CONFIRM = {"title": plain("Sure?"), "text": plain("Really?"), "confirm": plain("Yes"), "deny": plain("No")}
ROW = [{"type": "raw_text", "text": "a"}]

WRONG_IN_A_MESSAGE: list[tuple[str, list[Any], str]] = [
    ("a type nobody knows", [{"type": "banner"}], "unsupported type: banner [json-pointer:/blocks/0]"),
    ("a block without a type", [{"text": "x"}], "missing required field: type [json-pointer:/blocks/0]"),
    ("a block that is not an object", ["hello"], "must provide an object [json-pointer:/blocks/0]"),
    ("51 blocks", [{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ("a property nobody knows", [section(colour="red")], "invalid additional property: colour [json-pointer:/blocks/0]"),
    ("a block_id of 256", [section(block_id="b" * 256)], "must be less than 256 characters [json-pointer:/blocks/0/block_id]"),
    ("a section of nothing", [{"type": "section"}], "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    ("a section with an empty text", [{"type": "section", "text": mrkdwn("")}], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ("a section text of 3001", [{"type": "section", "text": mrkdwn("x" * 3001)}], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ("a section text that is bare", [{"type": "section", "text": "hello"}], "must provide an object [json-pointer:/blocks/0/text]"),
    ("a text of type html", [{"type": "section", "text": {"type": "html", "text": "x"}}], "unsupported type: html [json-pointer:/blocks/0/text]"),
    ("mrkdwn with emoji", [{"type": "section", "text": {**mrkdwn("x"), "emoji": True}}], "invalid additional property: emoji [json-pointer:/blocks/0/text]"),
    ("11 fields", [{"type": "section", "fields": [mrkdwn("x")] * 11}], "no more than 10 items allowed [json-pointer:/blocks/0/fields]"),
    ("a field of 2001", [{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"),
    ("a text input as accessory", [section(accessory=typed())], "unsupported type: plain_text_input [json-pointer:/blocks/0/accessory]"),
    ("a header of 151", [{"type": "header", "text": plain("x" * 151)}], "must be less than 151 characters [json-pointer:/blocks/0/text/text]"),
    ("a header in mrkdwn", [{"type": "header", "text": mrkdwn("x")}], "unsupported type: mrkdwn [json-pointer:/blocks/0/text]"),
    ("a header without text", [{"type": "header"}], "missing required field: text [json-pointer:/blocks/0]"),
    ("a context of nothing", [{"type": "context", "elements": []}], "no fewer than 1 item allowed [json-pointer:/blocks/0/elements]"),
    ("a context of 11", [{"type": "context", "elements": [mrkdwn("x")] * 11}], "no more than 10 items allowed [json-pointer:/blocks/0/elements]"),
    ("a button in a context", [{"type": "context", "elements": [button()]}], "unsupported type: button [json-pointer:/blocks/0/elements/0]"),
    ("actions of nothing", [actions()], "no fewer than 1 item allowed [json-pointer:/blocks/0/elements]"),
    ("26 buttons", [actions(*(button(action_id=f"a{n}") for n in range(26)))], "no more than 25 items allowed [json-pointer:/blocks/0/elements]"),
    ("a text input among actions", [actions(typed())], "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0]"),
    ("one action_id twice in a block", [actions(button(), button())], "action_id `go` already exists in this block [json-pointer:/blocks/0/elements/1/action_id]"),
    ("one block_id twice", [section(block_id="b"), section(block_id="b")], "block_id `b` already exists [json-pointer:/blocks/1/block_id]"),
    ("a button text of 76", [actions(button(text=plain("x" * 76)))], "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"),
    ("a button in mrkdwn", [actions(button(text=mrkdwn("x")))], "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/text]"),
    ("a button without text", [actions({"type": "button", "action_id": "a"})], "missing required field: text [json-pointer:/blocks/0/elements/0]"),
    ("a button value of 2001", [actions(button(value="x" * 2001))], "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"),
    ("a button value that is a number", [actions(button(value=7))], "must be a string [json-pointer:/blocks/0/elements/0/value]"),
    ("a button style of warning", [actions(button(style="warning"))], "must be a valid enum value (primary, danger) [json-pointer:/blocks/0/elements/0/style]"),
    ("a button link that is none", [actions(button(url="javascript:alert(1)"))], "must be a valid url of less than 3001 characters [json-pointer:/blocks/0/elements/0/url]"),
    ("an action_id of 256", [actions(button(action_id="a" * 256))], "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]"),
    ("a confirm without deny", [actions(button(confirm={k: v for k, v in CONFIRM.items() if k != "deny"}))], "missing required field: deny [json-pointer:/blocks/0/elements/0/confirm]"),
    ("a confirm title of 101", [actions(button(confirm={**CONFIRM, "title": plain("x" * 101)}))], "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]"),
    ("a confirm text of 301", [actions(button(confirm={**CONFIRM, "text": plain("x" * 301)}))], "must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]"),
    ("a confirm button of 31", [actions(button(confirm={**CONFIRM, "confirm": plain("x" * 31)}))], "must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/confirm/text]"),
    ("a menu of no options", [actions(select(options=[]))], "no fewer than 1 item allowed [json-pointer:/blocks/0/elements/0/options]"),
    ("a menu of 101 options", [actions(select(options=options(101)))], "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    ("a menu without options", [actions({"type": "static_select", "action_id": "a"})], "must define exactly one of `options` or `option_groups` [json-pointer:/blocks/0/elements/0]"),
    ("a menu with options and groups", [actions(select(option_groups=[{"label": plain("G"), "options": [option()]}]))], "must define exactly one of `options` or `option_groups` [json-pointer:/blocks/0/elements/0]"),
    ("an option text of 76", [actions(select(options=[option("x" * 76)]))], "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]"),
    ("an option value of 151", [actions(select(options=[option(value="x" * 151)]))], "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]"),
    ("an option description of 76", [actions(select(options=[option(description=plain("x" * 76))]))], "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/description/text]"),
    ("an initial option that is not offered", [actions(select(initial_option=option("Xbox", "xbox")))], "must match an option in `options` or `option_groups` [json-pointer:/blocks/0/elements/0/initial_option]"),
    ("a placeholder of 151", [actions(select(placeholder=plain("x" * 151)))], "must be less than 151 characters [json-pointer:/blocks/0/elements/0/placeholder/text]"),
    ("an overflow of 6", [actions({"type": "overflow", "action_id": "o", "options": options(6)})], "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    ("11 checkboxes", [actions(ticks("checkboxes", 11))], "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    ("11 radio buttons", [actions(ticks("radio_buttons", 11))], "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    ("a date that is none", [actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-02-30"})], "must be a valid date (YYYY-MM-DD) [json-pointer:/blocks/0/elements/0/initial_date]"),
    ("an image without alt_text", [{"type": "image", "image_url": "https://example.com/a.png"}], "missing required field: alt_text [json-pointer:/blocks/0]"),
    ("an image without a source", [{"type": "image", "alt_text": "a"}], "must define exactly one of `image_url` or `slack_file` [json-pointer:/blocks/0]"),
    ("rich text of a kind nobody knows", [{"type": "rich_text", "elements": [{"type": "rich_text_song", "elements": []}]}], "unsupported type: rich_text_song [json-pointer:/blocks/0/elements/0]"),
    ("an alert outside a modal", [{"type": "alert", "text": plain("x")}], "unsupported type: alert [json-pointer:/blocks/0]"),
    ("markdown of 12001", [{"type": "markdown", "text": "x" * 12_001}], "must be less than 12001 characters [json-pointer:/blocks/0/text]"),
    ("markdown of 12001 in two blocks", [{"type": "markdown", "text": "x" * 6_001}, {"type": "markdown", "text": "x" * 6_000}], "markdown blocks must be less than 12001 characters together [json-pointer:/blocks]"),
    ("a table of 101 rows", [{"type": "table", "rows": [ROW] * 101}], "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
    ("a table of 21 columns", [{"type": "table", "rows": [ROW * 21]}], "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
    ("two tables", [{"type": "table", "rows": [ROW]}] * 2, "only_one_table_allowed [json-pointer:/blocks/1]"),
    ("two elements that want the focus", [ask(typed(focus_on_load=True)), ask(typed(focus_on_load=True))], "only one element may have focus_on_load set to true [json-pointer:/blocks/1/element/focus_on_load]"),
]  # fmt: skip


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain("Title"), "submit": plain("Go"), "blocks": [ask(typed())], **more}


WRONG_IN_A_MODAL: list[tuple[str, Any, str]] = [
    ("no type", {"blocks": []}, "missing required field: type [json-pointer:/view]"),
    ("the type of a Home", {"type": "home", "blocks": []}, "must be a valid enum value (modal) [json-pointer:/view/type]"),
    ("no title", {"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
    ("a title of 25", modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
    ("a submit of 25", modal(submit=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
    ("a close of 25", modal(close=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/close/text]"),
    ("an input without submit", {k: v for k, v in modal().items() if k != "submit"}, "missing required field: submit (a modal with an input block needs one) [json-pointer:/view]"),
    ("101 blocks", modal(blocks=[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
    ("private_metadata of 3001", modal(private_metadata="x" * 3001), "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
    ("a callback_id of 256", modal(callback_id="x" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
    ("an external_id of 256", modal(external_id="x" * 256), "must be less than 256 characters [json-pointer:/view/external_id]"),
    ("an input block without label", modal(blocks=[{"type": "input", "element": typed()}]), "missing required field: label [json-pointer:/view/blocks/0]"),
    ("a label of 2001", modal(blocks=[ask(typed(), label=plain("x" * 2001))]), "must be less than 2001 characters [json-pointer:/view/blocks/0/label/text]"),
    ("a button as input", modal(blocks=[ask(button())]), "unsupported type: button [json-pointer:/view/blocks/0/element]"),
    ("max_length of 3001", modal(blocks=[ask(typed(max_length=3001))]), "must be less than or equal to 3000 [json-pointer:/view/blocks/0/element/max_length]"),
    ("min_length above max_length", modal(blocks=[ask(typed(min_length=9, max_length=3))]), "min_length must be less than or equal to max_length [json-pointer:/view/blocks/0/element]"),
    ("a number input that does not say about decimals", modal(blocks=[ask({"type": "number_input", "action_id": "n"})]), "missing required field: is_decimal_allowed [json-pointer:/view/blocks/0/element]"),
    ("a least number that is none", modal(blocks=[ask({"type": "number_input", "is_decimal_allowed": True, "min_value": "few"})]), "must be a number written as text [json-pointer:/view/blocks/0/element/min_value]"),
    ("a table in a modal", modal(blocks=[{"type": "table", "rows": [ROW]}]), "unsupported type: table [json-pointer:/view/blocks/0]"),
    ("an alert level of panic", modal(blocks=[{"type": "alert", "text": plain("x"), "level": "panic"}]), "must be a valid enum value (default, info, warning, error, success) [json-pointer:/view/blocks/0/level]"),
    ("a view that is text", "not json", "must provide an object [json-pointer:/view]"),
]  # fmt: skip

WRONG_IN_A_HOME: list[tuple[str, Any, str]] = [
    ("the type of a modal", modal(), "must be a valid enum value (home) [json-pointer:/view/type]"),
    ("a submit button", {"type": "home", "blocks": [], "submit": plain("Go")}, "invalid additional property: submit [json-pointer:/view]"),
    ("no blocks", {"type": "home"}, "missing required field: blocks [json-pointer:/view]"),
    ("101 blocks", {"type": "home", "blocks": [{"type": "divider"}] * 101}, "no more than 100 items allowed [json-pointer:/view/blocks]"),
    ("an alert", {"type": "home", "blocks": [{"type": "alert", "text": plain("x")}]}, "unsupported type: alert [json-pointer:/view/blocks/0]"),
]  # fmt: skip

RIGHT: list[tuple[str, list[Json]]] = [
    ("every length at its limit", [
        {"type": "header", "text": plain("x" * 150)},
        {"type": "section", "text": mrkdwn("x" * 3000), "fields": [mrkdwn("x" * 2000)] * 10},
        actions(button(text=plain("x" * 75), value="x" * 2000, confirm=CONFIRM, style="danger")),
        actions(select(options=[option("x" * 75, "x" * 150), *options(99)])),
        actions(ticks("checkboxes", 10, initial_options=[option(value="v3")])),
        {"type": "context", "elements": [mrkdwn("x")] * 10},
        {"type": "table", "rows": [ROW * 20] * 100},
        {"type": "markdown", "text": "x" * 12_000},
    ]),
    ("50 blocks", [{"type": "divider"}] * 50),
    ("one action_id in two blocks", [actions(button()), actions(button())]),
    ("rich text", [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}]}]),
]  # fmt: skip
