"""The rules of Block Kit's elements."""

import re
from datetime import date, time
from functools import partial

from bot.sandbox.slack.blocks.parts import (
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH,
    IDENTIFIER,
    OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    PLACEHOLDER,
    RICH_OPTION,
    initial_among_options,
    options_or_groups,
    plain,
)
from bot.sandbox.slack.blocks.validation import (
    Check,
    Place,
    array,
    boolean,
    both,
    choice,
    integer,
    matching,
    record,
    string,
)
from bot.sandbox.slack.protocol import Json

ID = {"action_id": IDENTIFIER}
FOCUS = {"focus_on_load": boolean}
COMMON = {**ID, "confirm": CONFIRM, **FOCUS}
MENU = {**COMMON, "placeholder": PLACEHOLDER}
TYPED = {**ID, "placeholder": PLACEHOLDER, **FOCUS, "dispatch_action_config": DISPATCH}
MANY = {"max_selected_items": integer(1, 100)}
ANY_STRING = string(3000, 0)


def _lengths(value: Json, place: Place) -> None:
    least, most = value.get("min_length"), value.get("max_length")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        place.wrong("min_length must be less than or equal to max_length")
    initial = value.get("initial_value")
    if isinstance(initial, str) and isinstance(most, int) and len(initial) > most:
        place.under("initial_value").wrong(f"must be less than {most + 1} characters")


def _link(value: str) -> bool | None:
    return True if value.startswith(("http://", "https://")) and len(value) <= 3000 else None


def image_source(value: Json, place: Place) -> None:
    if (value.get("image_url") is None) == (value.get("slack_file") is None):
        place.wrong("must define exactly one of `image_url` or `slack_file`")


LINK = matching(_link, "a valid url of less than 3001 characters")
DATE = matching(date.fromisoformat, "a valid date (YYYY-MM-DD)")
NUMBER = matching(partial(re.fullmatch, r"-?\d{1,30}(\.\d{1,30})?"), "a number written as text")
TIME = matching(time.fromisoformat, "a valid time (HH:mm)")
SLACK_FILE = record({}, {"id": string(255), "url": string(3000)})
IMAGE = both(record({"alt_text": string(2000)}, {"image_url": LINK, "slack_file": SLACK_FILE}), image_source)


def _static(initial: dict[str, Check]) -> Check:
    menu = {"options": array(OPTION, 100), "option_groups": array(OPTION_GROUP, 100)}
    return both(record({}, {**MENU, **menu, **initial}), options_or_groups, initial_among_options)


def _ticks(initial: dict[str, Check]) -> Check:
    return both(record({"options": array(RICH_OPTION, 10)}, {**COMMON, **initial}), initial_among_options)


ONE_OPTION = {"initial_option": OPTION}
SOME_OPTIONS = {"initial_options": array(OPTION, 100)}
QUERY = {"min_query_length": integer(0, 1000)}
CONVERSATIONS = {"filter": CONVERSATION_FILTER, "default_to_current_conversation": boolean}
MINTS_URL = {"response_url_enabled": boolean}
NAMES = array(string(255), 100)

ELEMENTS: dict[str, Check] = {
    "button": record(
        {"text": plain(75)},
        {
            **ID,
            "confirm": CONFIRM,
            "url": LINK,
            "value": string(2000),
            "style": choice("primary", "danger"),
            "accessibility_label": string(75),
        },
    ),
    "static_select": _static(ONE_OPTION),
    "multi_static_select": _static({**SOME_OPTIONS, **MANY}),
    "external_select": record({}, {**MENU, **QUERY, **ONE_OPTION}),
    "multi_external_select": record({}, {**MENU, **QUERY, **SOME_OPTIONS, **MANY}),
    "users_select": record({}, {**MENU, "initial_user": string(255)}),
    "multi_users_select": record({}, {**MENU, "initial_users": NAMES, **MANY}),
    "conversations_select": record(
        {}, {**MENU, **CONVERSATIONS, **MINTS_URL, "initial_conversation": string(255)}
    ),
    "multi_conversations_select": record(
        {}, {**MENU, **CONVERSATIONS, "initial_conversations": NAMES, **MANY}
    ),
    "channels_select": record({}, {**MENU, **MINTS_URL, "initial_channel": string(255)}),
    "multi_channels_select": record({}, {**MENU, "initial_channels": NAMES, **MANY}),
    "plain_text_input": both(
        record(
            {},
            {
                **TYPED,
                "initial_value": ANY_STRING,
                "multiline": boolean,
                "min_length": integer(0, 3000),
                "max_length": integer(1, 3000),
            },
        ),
        _lengths,
    ),
    "number_input": record(
        {"is_decimal_allowed": boolean},
        {**TYPED, "initial_value": NUMBER, "min_value": NUMBER, "max_value": NUMBER},
    ),
    "email_text_input": record({}, {**TYPED, "initial_value": ANY_STRING}),
    "url_text_input": record({}, {**TYPED, "initial_value": ANY_STRING}),
    "checkboxes": _ticks({"initial_options": array(RICH_OPTION, 10)}),
    "radio_buttons": _ticks({"initial_option": RICH_OPTION}),
    "overflow": record({"options": array(OVERFLOW_OPTION, 5)}, {**ID, "confirm": CONFIRM}),
    "datepicker": record({}, {**MENU, "initial_date": DATE}),
    "timepicker": record({}, {**MENU, "initial_time": TIME, "timezone": string(255)}),
    "datetimepicker": record({}, {**COMMON, "initial_date_time": integer(1_000_000_000, 9_999_999_999)}),
    "image": IMAGE,
}

ACTION_ID_NEEDED = frozenset(ELEMENTS) - {"image"}
IN_INPUT = frozenset(ELEMENTS) - {"button", "overflow", "image"}
TYPED_IN = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input"})
IN_ACTIONS = frozenset(ELEMENTS) - TYPED_IN - {"image"}
IN_SECTION = frozenset(ELEMENTS) - TYPED_IN - {"datetimepicker"}


def elements(allowed: frozenset[str]) -> dict[str, Check]:
    return {name: check for name, check in ELEMENTS.items() if name in allowed}
